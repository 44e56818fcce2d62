import { expect } from 'chai';
import { UsageError } from '../../lib/errors.js';
import { parseStep } from '../../lib/query/parse-step.js';
import { inZone } from './zone.js';

const hour = 3_600_000;

/** Starts of the spans that follow the one with the instant, as ISO times with the lengths in hours. */
function spans(zone: string, step: string, fromMs: number, count: number): string[] {
  return inZone(zone, () => {
    const steps = parseStep(step);
    const found: string[] = [];
    let startMs = steps.startOf(fromMs);
    for (let i = 0; i < count; i++) {
      const endMs = steps.endOf(startMs);
      found.push(`${new Date(startMs).toISOString().slice(0, 16)} ${(endMs - startMs) / hour} h`);
      startMs = endMs;
    }
    return found;
  });
}

describe('parseStep', () => {
  it('takes days of 23 and 25 hours where clocks change', () => {
    expect(spans('Europe/Berlin', '1d', Date.UTC(2026, 2, 28, 12), 3)).to.deep.equal([
      '2026-03-27T23:00 24 h',
      '2026-03-28T23:00 23 h',
      '2026-03-29T22:00 24 h',
    ]);
    expect(spans('Europe/Berlin', 'day', Date.UTC(2026, 9, 25, 12), 2)).to.deep.equal([
      '2026-10-24T22:00 25 h',
      '2026-10-25T23:00 24 h',
    ]);
  });

  it('starts weeks on Monday, months on their first day', () => {
    expect(spans('Europe/Berlin', '1w', Date.UTC(2026, 9, 25, 12), 2)).to.deep.equal([
      '2026-10-18T22:00 169 h',
      '2026-10-25T23:00 168 h',
    ]);
    expect(spans('UTC', '1mo', Date.UTC(2026, 11, 25), 3)).to.deep.equal([
      '2026-12-01T00:00 744 h',
      '2027-01-01T00:00 744 h',
      '2027-02-01T00:00 672 h',
    ]);
    expect(spans('UTC', 'quarter', Date.UTC(2026, 11, 25), 1)).to.deep.equal(['2026-10-01T00:00 2208 h']);
    expect(spans('UTC', '1y', Date.UTC(2026, 11, 25), 1)).to.deep.equal(['2026-01-01T00:00 8760 h']);
  });

  it('keeps hours whole over a clock change, and longer steps to the clocks on the wall', () => {
    expect(spans('Europe/Berlin', '1h', Date.UTC(2026, 9, 25, 0), 3)).to.deep.equal([
      '2026-10-25T00:00 1 h',
      '2026-10-25T01:00 1 h',
      '2026-10-25T02:00 1 h',
    ]);
    expect(spans('Europe/Berlin', '6h', Date.UTC(2026, 9, 25, 0), 2)).to.deep.equal([
      '2026-10-24T22:00 7 h',
      '2026-10-25T05:00 6 h',
    ]);
    expect(spans('America/New_York', '2h', Date.UTC(2026, 2, 8, 7), 2)).to.deep.equal([
      '2026-03-08T07:00 1 h',
      '2026-03-08T08:00 2 h',
    ]);
  });

  it('starts hours where the clocks on the wall do, in a zone of half hours too', () => {
    expect(spans('Asia/Kolkata', '1h', Date.UTC(2026, 5, 1, 12), 1)).to.deep.equal(['2026-06-01T11:30 1 h']);
    expect(spans('Asia/Kolkata', '1d', Date.UTC(2026, 5, 1, 12), 1)).to.deep.equal(['2026-05-31T18:30 24 h']);
  });

  it('starts a length that divides no day at its multiples since the epoch', () => {
    const steps = parseStep('7m');
    expect(steps.startOf(1_000_000)).to.equal(840_000);
    expect(steps.endOf(840_000)).to.equal(1_260_000);
  });

  // Clock changes at midnight, of half an hour, over a whole day, and at odd times; steps that fall into the gap.
  for (const zone of [
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'America/Sao_Paulo',
    'America/Havana',
    'Pacific/Apia',
    'Asia/Beirut',
  ]) {
    for (const step of ['10m', '1h', '72m', '2h', '12h', '1d', '3d', '1w', '1mo']) {
      it(`gives every instant one span of ${step} in ${zone}`, () => {
        inZone(zone, () => {
          const steps = parseStep(step);
          for (let timeMs = Date.UTC(2011, 0, 2); timeMs < Date.UTC(2012, 11); timeMs += 13.3 * hour) {
            const startMs = steps.startOf(timeMs);
            const endMs = steps.endOf(startMs);
            const where = new Date(timeMs).toISOString();
            expect(startMs, where).to.be.at.most(timeMs);
            expect(endMs, where).to.be.above(timeMs);
            expect(steps.startOf(startMs), where).to.equal(startMs);
            expect(steps.startOf(endMs), where).to.equal(endMs);
            expect(steps.startOf(endMs - 1), where).to.equal(startMs);
          }
        });
      });
    }
  }

  for (const text of ['0s', '0d', '', '5', 'now', '-5m', '2026-11-20', '1.5mo']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => parseStep(text)).to.throw(UsageError, /--step/);
    });
  }
});
