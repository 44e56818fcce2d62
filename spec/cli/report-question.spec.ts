import { expect } from 'chai';
import { type ReportFlags, readQuestion } from '../../lib/cli/report-question.js';
import { UsageError } from '../../lib/errors.js';

const now = Date.UTC(2026, 10, 24, 12);

describe('readQuestion', () => {
  it('has a useful default for everything', () => {
    expect(readQuestion({}, now)).to.deep.equal({
      sources: { databases: ['goodall.db'], urls: [] },
      selector: {},
      window: { sinceMs: now - 3_600_000, untilMs: now },
      step: undefined,
      steps: undefined,
      groupBy: undefined,
      percentiles: [50, 90, 95, 99].map((percent) => ({ label: String(percent), percent })),
      sort: undefined,
      limit: Number.POSITIVE_INFINITY,
      format: 'table',
      raw: false,
      general: true,
    });
  });

  it('takes some flags more than once', () => {
    const question = readQuestion(
      {
        db: ['a.db', 'b.db', 'a.db'],
        tag: ['a:1', 'b:2'],
        type: ['timer', 'set'],
        percentiles: ['50', '99'],
        'group-by': ['host', 'az'],
      },
      now,
    );
    expect(question).to.deep.include({
      sources: { databases: ['a.db', 'b.db'], urls: [] },
      groupBy: ['host', 'az'],
    });
    expect(question.selector.tags).to.have.length(2);
    expect(question.selector.types).to.have.length(2);
    expect(question.percentiles).to.have.length(2);
  });

  it('takes a question for a general one only when it asks for nothing in particular', () => {
    expect(readQuestion({ since: '1d', db: 'a.db', 'group-by': 'host' }, now).general).to.equal(true);
    for (const flags of [
      { patterns: ['a'] },
      { type: 'timer' },
      { tag: 'a:b' },
      { sort: 'p99' },
      { all: true },
    ]) {
      expect(readQuestion(flags, now).general, JSON.stringify(flags)).to.equal(false);
    }
  });

  it('takes --by for --group-by', () => {
    expect(readQuestion({ by: 'host,az' }, now).groupBy).to.deep.equal(['host', 'az']);
  });

  for (const [flags, message] of [
    [{ by: 'host', 'group-by': 'az' }, /^--by is short for --group-by; give one of them$/],
    [{ since: ['1h', '2h'] }, /^--since is given more than once$/],
    [
      { format: 'xml' },
      /^--format: there is no format "xml"; the formats are table, json, jsonl, csv, tsv, markdown, prometheus, html$/,
    ],
    [{ format: 'prometheus', step: '1m' }, /^--format prometheus has one value a series; leave out --step$/],
    [{ limit: '0' }, /^--limit: "0"/],
    [{ limit: '1.5' }, /^--limit: "1.5"/],
    [{ limit: '' }, /^--limit/],
    [{ sort: 'p99', percentiles: '50' }, /^--sort: "p99".*p50$/],
    [{ step: 'x' }, /^--step/],
    [{ percentiles: '' }, /^--percentiles/],
  ] as const satisfies readonly (readonly [ReportFlags, RegExp])[]) {
    it(`refuses ${JSON.stringify(flags)}`, () => {
      expect(() => readQuestion(flags, now)).to.throw(UsageError, message);
    });
  }
});
