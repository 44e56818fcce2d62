import { expect } from 'chai';
import { markdownLines } from '../../lib/report/markdown.js';
import { cautionLines, footnotes } from '../../lib/report/summary.js';
import { tableLines } from '../../lib/report/table.js';
import { sampleAnswer, sampleReport, sampleRows } from './sample-report.js';

const [latency, , , , gauge] = sampleRows;
if (latency === undefined || gauge === undefined) throw new Error('the sample rows are gone');
const trust = { effectiveSamples: 500, uncertain: [false, false, false, true], collapsed: 0 };
const wide = { width: Number.POSITIVE_INFINITY, raw: false };

describe('the trust that a report shows', () => {
  it('marks percentiles that rest on too few samples, and says what the mark means', () => {
    const report = sampleReport({ rows: [{ ...latency, trust }] });
    const note = '? fewer than 10 samples are beyond this percentile: a few more may move it far.';
    expect(footnotes(report)).to.deep.equal([note]);
    for (const lines of [[...tableLines(report, wide)], [...markdownLines(report, false)]]) {
      expect(lines.join('\n')).to.match(/34\.3 ms .*58\.6 ms\?/);
      expect(lines.at(-1)?.trim()).to.equal(note);
    }
    expect(footnotes(sampleReport())).to.deep.equal([]);
  });

  it('says how old the last value of a gauge is, when that is more than two buckets', () => {
    const { asOfMs } = sampleReport().answer;
    const lineFor = (lastAtMs: number): string =>
      [...tableLines(sampleReport({ rows: [{ ...gauge, lastAtMs }] }), wide)].at(-1) ?? '';
    expect(lineFor(asOfMs - 20_001)).to.contain(' (20 s old)');
    expect(lineFor(asOfMs - 20_000)).not.to.contain('old');
    // Samples of timers may be read in buckets of an hour beside it.
    const answer = sampleAnswer({ resolution: { minMs: 10_000, maxMs: 3_600_000 } });
    const mixed = sampleReport({ answer, rows: [{ ...gauge, lastAtMs: asOfMs - 60_000 }] });
    expect([...tableLines(mixed, wide)].at(-1)).to.contain(' (1 min old)');
  });

  it('says how much overflowed and how much collapsed', () => {
    const answer = sampleAnswer({ samplesOverflowed: 1_200 });
    const rows = [{ ...latency, trust: { ...trust, collapsed: latency.count / 50 } }];
    expect(cautionLines(sampleReport({ answer, rows }))).to.deep.equal([
      "1,200 samples were of series beyond the server's limit (max-series): they are in the rows tagged overflow:true.",
      'In 1 row up to 2 % of the samples share the lowest bin of a full sketch: percentiles among them are too large.',
    ]);
  });

  it('says which name overflowed most, by which tag, and who sent it', () => {
    const refusals = [
      {
        ...({
          limit: 'max-series-per-name',
          name: 'api.hits',
          tag: 'user',
          values: 900,
          refused: 4_000,
        } as const),
        ...{ sender: '10.0.0.1', sample: 'api.hits|#user:1', firstSeenMs: 0, lastSeenMs: 1 },
      },
    ];
    const answer = sampleAnswer({ samplesOverflowed: 1_200, refusals });
    expect(cautionLines(sampleReport({ answer }))).to.deep.equal([
      "1,200 samples were of series beyond the server's limit (max-series-per-name): they are in the rows tagged overflow:true. " +
        'Most: api.hits had no room under max-series-per-name (4000 times): the tag user has about 900 such values; last from 10.0.0.1.',
    ]);
  });

  it('says beside each step what it lost', () => {
    const timeMs = Date.UTC(2026, 10, 24, 12);
    const rows = [
      { ...latency, timeMs, flaw: { datagramsDropped: 7, missingMs: 90_000 } },
      { ...latency, timeMs: timeMs + 60_000 },
    ];
    const lines = [...tableLines(sampleReport({ rows, step: '1m' }), wide)];
    expect(lines.at(-3)).to.match(/ MISSING$/);
    expect(lines.at(-2)).to.match(/ 7 datagrams, 1 min 30 s without a server$/);
  });
});
