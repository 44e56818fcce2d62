import { expect } from 'chai';
import { cautionLines, summaryFacts } from '../../lib/report/summary.js';
import { inZone } from '../query/zone.js';
import { sampleAnswer, sampleReport, sampleRows } from './sample-report.js';

const { window } = sampleReport();
const minute = 60_000;

function cautions(changes: Parameters<typeof sampleAnswer>[0]): string[] {
  return inZone('UTC', () => cautionLines(sampleReport({ answer: sampleAnswer(changes) })));
}

function gapAt(fromMinute: number, toMinute: number) {
  return { sinceMs: window.sinceMs + fromMinute * minute, untilMs: window.sinceMs + toMinute * minute };
}

describe('summaryFacts', () => {
  it('states the window with its zone, the resolution, the error bound and the number of series', () => {
    const facts = inZone('Europe/Berlin', () => summaryFacts(sampleReport()));
    expect(facts).to.deep.equal([
      ['2026-11-24 12:34:50 – 13:34:50 UTC+01:00 (1 h)', '10 series in goodall.db'],
      ['10 s buckets', 'percentiles within 1 %', 'busiest first'],
    ]);
  });

  it('states step, order and limit', () => {
    const report = sampleReport({ step: '5m', sortColumn: 'p99', rows: sampleRows.slice(0, 3) });
    expect(summaryFacts(report)[1]).to.deep.equal([
      '10 s buckets',
      'one row per 5m',
      'percentiles within 1 %',
      'sorted by p99',
      '3 of 10 rows',
    ]);
  });

  it('states both lengths of mixed buckets', () => {
    const answer = sampleAnswer({ resolution: { minMs: 10_000, maxMs: 60_000 } });
    expect(summaryFacts(sampleReport({ answer }))[1]?.[0]).to.equal('10 s to 1 min buckets');
  });
});

describe('cautionLines', () => {
  it('is silent when nothing is amiss', () => {
    expect(cautions({})).to.deep.equal([]);
  });

  it('says how much was lost', () => {
    const loss = { datagramsReceived: 91_345, datagramsDropped: 1_203 };
    expect(cautions({ loss })).to.deep.equal(['Lost 1.3 % of datagrams: 1,203 dropped, 91,345 received.']);
  });

  it('says that losses are not known, unless nothing was received either', () => {
    expect(cautions({ loss: { datagramsReceived: 5, datagramsDropped: undefined } })).to.deep.equal([
      'Whether datagrams were lost is not known: the server could not tell.',
    ]);
    expect(cautions({ loss: { datagramsReceived: 0, datagramsDropped: undefined } })).to.deep.equal([]);
  });

  it('tells where data begins from gaps between data', () => {
    const gaps = [gapAt(0, 20), gapAt(30, 35)];
    const coverage = { coveredMs: 0, gaps, beginsMs: window.sinceMs + 20 * minute };
    expect(cautions({ coverage })).to.deep.equal(['No server ran for 5 min: 12:04:50 – 12:09:50.']);
    const report = sampleReport({ answer: sampleAnswer({ coverage }) });
    expect(inZone('UTC', () => summaryFacts(report))[1]?.[1]).to.equal('data begins at 11:54:50');
    expect(cautions({ coverage: { coveredMs: 0, gaps } })).to.deep.equal([
      'No server ran for 25 min in 2 gaps, the longest 11:34:50 – 11:54:50.',
    ]);
  });
});
