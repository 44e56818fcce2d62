import { expect } from 'chai';
import { UsageError } from '../../lib/errors.js';
import { checkParts, findingsOf } from '../../lib/query/check.js';
import { parseCheck } from '../../lib/query/check-expression.js';
import { alerts, parseRange, rangeText } from '../../lib/query/nagios-range.js';
import type { Row } from '../../lib/query/row.js';

const read = (text: string): number | undefined => (/^-?\d+$/.test(text) ? Number(text) : undefined);

describe('a Nagios range', () => {
  // The table of the plugin guidelines.
  for (const [text, alerting, quiet] of [
    ['10', [-1, 11], [0, 10]],
    ['10:', [9], [10, 1e9]],
    ['~:10', [11], [-1e9, 10]],
    ['10:20', [9, 21], [10, 20]],
    ['@10:20', [10, 15, 20], [9, 21]],
  ] as const) {
    it(`alerts as the guidelines have it for ${text}, and is written as it was`, () => {
      const range = parseRange('--warning', text, read);
      for (const value of alerting) expect(alerts(range, value), String(value)).to.equal(true);
      for (const value of quiet) expect(alerts(range, value), String(value)).to.equal(false);
      expect(rangeText(range, 1)).to.equal(text);
    });
  }

  it('refuses what is none', () => {
    for (const text of ['', 'x', '20:10', '1:2:3', '@']) {
      expect(() => parseRange('--warning', text, read), text).to.throw(UsageError, /--warning/);
    }
  });
});

describe('the expression of a check', () => {
  it('has a name, a figure, a limit and a time', () => {
    expect(parseCheck('api.latency p99 > 250ms for 5m')).to.deep.equal({
      pattern: 'api.latency',
      label: 'p99',
      figure: 'percentile',
      percentile: '99',
      comparison: { above: true, limit: '250ms' },
      lengthMs: 300_000,
      length: '5m',
      allAlong: true,
    });
    expect(parseCheck('hits rate<1')).to.deep.include({
      figure: 'rate',
      comparison: { above: false, limit: '1' },
      lengthMs: 300_000,
      allAlong: false,
    });
    expect(parseCheck('hits sum over 1h')).to.deep.include({ comparison: undefined, lengthMs: 3_600_000 });
  });

  it('is refused with an example otherwise', () => {
    for (const text of [
      '',
      'hits',
      'hits speed > 1',
      'hits rate > ',
      'hits rate > 1 for ever',
      'hits rate = 1',
    ]) {
      expect(() => parseCheck(text), text).to.throw(UsageError, /api\.latency p99 > 250 for 5m/);
    }
  });
});

describe('the parts of a check', () => {
  it('are minutes from the start of the window on', () => {
    const { steps, count } = checkParts({ sinceMs: 1_234, untilMs: 301_234 }, 10_000);
    expect(count).to.equal(5);
    let timeMs = 1_234;
    for (let i = 0; i < count; i += 1) {
      expect(steps.startOf(timeMs)).to.equal(timeMs);
      expect(steps.startOf(steps.endOf(timeMs) - 1)).to.equal(timeMs);
      timeMs = steps.endOf(timeMs);
    }
    expect(timeMs).to.equal(301_234);
  });

  it('are no shorter than a bucket, and no more than sixty', () => {
    expect(checkParts({ sinceMs: 0, untilMs: 600_000 }, 300_000).count).to.equal(2);
    expect(checkParts({ sinceMs: 0, untilMs: 30_000 }, 10_000).count).to.equal(1);
    const long = checkParts({ sinceMs: 7, untilMs: 7 + 86_400_001 }, 10_000);
    expect(long.count).to.equal(60);
    for (let timeMs = 7; timeMs < 86_400_008; timeMs = long.steps.endOf(timeMs)) {
      expect(long.steps.startOf(timeMs)).to.equal(timeMs);
    }
  });
});

describe('the findings of a check', () => {
  const row = (last: number): Row => ({ name: 'depth', type: 'gauge', tags: [], count: 1, last });
  const limits = () => ({
    warning: { start: Number.NEGATIVE_INFINITY, end: 10, inside: false },
    critical: { start: Number.NEGATIVE_INFINITY, end: 20, inside: false },
  });
  const stateOf = (values: readonly number[], parts: number): unknown => {
    const [finding] = findingsOf(values.map(row), { figure: 'last' }, limits, parts);
    return [finding?.state, finding?.value];
  };

  it('are the mildest state of all parts, with the latest value of that state', () => {
    expect(stateOf([25, 30, 21], 3)).to.deep.equal([2, 21]);
    expect(stateOf([25, 12, 15, 30], 4)).to.deep.equal([1, 15]);
    expect(stateOf([25, 5, 30], 3)).to.deep.equal([0, 5]);
  });

  it('do not alert where a part has no values', () => {
    expect(stateOf([25, 30], 3)).to.deep.equal([0, 30]);
  });

  it('are none where the type has no such figure', () => {
    expect(findingsOf([row(5)], { figure: 'sum' }, limits, 1)).to.deep.equal([]);
  });
});
