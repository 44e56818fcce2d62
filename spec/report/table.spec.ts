import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Row } from '../../lib/query/row.js';
import type { Report } from '../../lib/report/report.js';
import { tableLines } from '../../lib/report/table.js';
import { textWidth } from '../../lib/report/text.js';
import { inZone } from '../query/zone.js';
import { root } from '../support/source-files.js';
import { sampleAnswer, sampleReport, sampleRows, tagsOf } from './sample-report.js';

const lossy = sampleAnswer({ loss: { datagramsReceived: 91_345, datagramsDropped: 1_203 } });

function table(width: number, changes: Partial<Report> = {}, raw = false): string {
  return inZone('UTC', () => `${[...tableLines(sampleReport(changes), { width, raw })].join('\n')}\n`);
}

function snapshot(name: string): string {
  return readFileSync(join(root, 'spec', 'report', `${name}.txt`), 'utf8');
}

describe('the table', () => {
  for (const width of [60, 80, 120]) {
    it(`looks as recorded at ${width} columns`, () => {
      expect(table(width, { answer: lossy })).to.equal(snapshot(`table-${width}`));
    });
  }

  it('leaves nothing out and cuts nothing without a terminal', () => {
    expect(table(Number.POSITIVE_INFINITY, { answer: lossy })).to.equal(snapshot('table-pipe'));
  });

  it('never exceeds the width of the terminal', () => {
    const rows: Row[] = [
      ...sampleRows,
      {
        name: '日本語のとても長いメトリクスの名前です',
        type: 'gauge',
        tags: tagsOf('k=値'),
        count: 1,
        last: 5,
      },
    ];
    for (let width = 40; width <= 160; width++) {
      for (const line of table(width, { rows }).split('\n')) {
        expect(textWidth(line), line).to.be.at.most(width);
      }
    }
  });

  it('shows exact numbers when asked to', () => {
    const text = table(Number.POSITIVE_INFINITY, { rows: sampleRows.slice(3, 4) }, true);
    expect(text).to.match(/network_rx_bytes .* 360 {2}2736784800 {2}760218 {2}401222 .* 1190002\n/);
  });

  it('keeps the column that it is sorted by', () => {
    expect(table(60)).not.to.match(/^TIMERS.* MIN/m);
    expect(table(60, { sortColumn: 'min' })).to.match(/^TIMERS.* MIN/m);
  });

  it('shows by how many samples counters are in their order at 80 columns', () => {
    expect(table(80)).to.match(/^COUNTERS +TAGS +COUNT +SUM +RATE/m);
  });

  it('explains the mark of few samples only where one is seen', () => {
    const trust = { effectiveSamples: 300, uncertain: [false, false, true, false], collapsed: 0 };
    const rows = sampleRows.slice(0, 1).map((row) => ({ ...row, trust }));
    expect(table(120, { rows })).to.match(/\? fewer than 10 samples/);
    expect(table(60, { rows })).not.to.contain('?');
  });

  it('puts the time of each step in front, with the date where there is more than one', () => {
    const [first] = sampleRows;
    const at = (timeMs: number): Row => ({ ...(first as Row), timeMs });
    const noon = Date.UTC(2026, 10, 24, 12);
    expect(table(120, { step: '5m', rows: [at(noon), at(noon + 300_000)] })).to.match(/^12:05 {2}api/m);
    expect(table(120, { step: '1d', rows: [at(noon), at(noon + 86_400_000)] })).to.match(
      /^2026-11-25 12:00 {2}api/m,
    );
  });

  it('tells the two hours apart that a clock change gives one name', () => {
    const rows = [0, 1].map(
      (hour): Row => ({
        name: 'a',
        type: 'set',
        tags: [],
        count: 1,
        timeMs: Date.UTC(2026, 9, 25, hour),
      }),
    );
    const lines = inZone('Europe/Berlin', () => [
      ...tableLines(sampleReport({ rows, step: '1h' }), { width: 80, raw: false }),
    ]);
    expect(lines.slice(-2).map((line) => line.replace(/ +/g, ' '))).to.deep.equal([
      '02:00 UTC+02:00 a 1',
      '02:00 UTC+01:00 a 1',
    ]);
  });

  it('puts the tags that tell rows of one name apart in front', () => {
    const row = (tags: string): Row => ({ name: 'a', type: 'set', tags: tagsOf(tags), count: 1 });
    const other: Row = { name: 'b', type: 'set', tags: [], count: 1 };
    const text = table(120, { rows: [row('env=prod zone=x'), row('env=prod zone=y'), other] });
    expect(text).to.contain('zone:x env:prod').and.to.contain('zone:y env:prod');
  });

  it('sends no control character of a name or a tag to the terminal', () => {
    const tags = [{ key: 'k\u009b2J', value: 'v\r\u202e' }];
    const text = table(120, { rows: [{ name: '\u001b]0;title\u0007', type: 'set', tags, count: 1 }] });
    expect(text.replaceAll('\n', '')).not.to.match(/[\p{Cc}\u202e]/u);
    expect(text).to.contain('\\x1b]0;title\\x07');
  });
});
