import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import { LineParser, Outcome } from '../../lib/protocol/line.js';
import { rejectNames } from '../../lib/protocol/reject.js';
import {
  acceptedRows,
  blankRows,
  checkRows,
  eventRows,
  type Row,
  rejectedRows,
  tableNowMs,
} from '../support/protocol-rows.js';
import { readMetric } from '../support/read-metric.js';

/** What stands before and behind a line in its slab: each would change what is read if it were looked at. */
const neighbours: readonly (readonly [before: string, behind: string])[] = [
  ['', ''],
  ['9', '0'],
  ['evil:7|c:', ':7|c'],
  ['-', '|@0.5'],
  ['_e{1,1}:', '|#evil:1'],
  ['a|#b', '|T7|x|x'],
  ['1e', 'e2'],
  ['_sc|x|', '|h:evil'],
  ['\r\n', '\r'],
  ['\n', '\n'],
  [' ', ' '],
  [';a=', ';a=b'],
  ['é', '\u00a0'],
  ['|', '#evil:1'],
  [':', '@0.5'],
  ['|#', 'T7'],
  ['0|', '0|#evil'],
  ['_', '{1,1}:a|b'],
  ['_', '|up|0'],
];

/** Parses a row's line in every neighbourhood, a long one in two, and hands each outcome on. */
function inEveryNeighbourhood(
  row: Row,
  look: (parser: LineParser, outcome: Outcome, title: string) => void,
): void {
  const parser = new LineParser(row);
  const near = row.bytes.length > 1000 ? neighbours.slice(1, 3) : neighbours;
  for (const [before, behind] of near) {
    const slab = Buffer.concat([Buffer.from(before), row.bytes, Buffer.from(behind)]);
    const start = Buffer.byteLength(before);
    const outcome = parser.parse(slab, start, start + row.bytes.length);
    look(parser, outcome, `${row.title} between ${JSON.stringify([before, behind])}`);
  }
}

const fields = ['@0.5', '#b:2,a', 'T9', 'c:ci-1', 'e:it-false', 'card:low', 'future:1'];

function* ordersOf(items: readonly string[]): Generator<readonly string[]> {
  if (items.length === 0) yield [];
  for (const item of items) {
    for (const rest of ordersOf(items.filter((other) => other !== item))) yield [item, ...rest];
  }
}

describe('the line parser', () => {
  it('reads every accepted line of the tables, whatever stands around it', () => {
    for (const row of acceptedRows()) {
      inEveryNeighbourhood(row, (parser, outcome, title) => {
        expect(outcome, title).to.equal(Outcome.Metric);
        // Chai's comparison alone would take seconds for all rows in all neighbourhoods.
        const metric = readMetric(parser, row);
        if (!isDeepStrictEqual(metric, row.metric)) expect.fail(metric, row.metric, title);
      });
    }
  });

  it('rejects every rejected line of the tables for its reason', () => {
    for (const row of rejectedRows()) {
      inEveryNeighbourhood(row, (parser, outcome, title) => {
        expect(outcome, title).to.equal(Outcome.Rejected);
        expect(rejectNames[parser.reject], title).to.equal(row.reject);
        expect(parser.rejectedBits, title).to.equal(row.rejectedBits);
        expect(parser.line.sampleCount, title).to.equal(0);
      });
    }
  });

  it('takes an empty line for none', () => {
    for (const row of blankRows()) {
      inEveryNeighbourhood(row, (parser, outcome, title) => {
        expect(outcome, title).to.equal(Outcome.Blank);
        expect(parser.rejectedBits, title).to.equal(0);
      });
    }
  });

  it('reads every event of the tables', () => {
    for (const row of eventRows()) {
      inEveryNeighbourhood(row, (parser, outcome, title) => {
        expect(outcome, title).to.equal(Outcome.Event);
        expect(parser.rejectedBits, title).to.equal(0);
        expect(parser.event(tableNowMs), title).to.deep.equal(row.event);
      });
    }
  });

  it('reads every service check of the tables', () => {
    for (const row of checkRows()) {
      inEveryNeighbourhood(row, (parser, outcome, title) => {
        expect(outcome, title).to.equal(Outcome.Check);
        expect(parser.rejectedBits, title).to.equal(0);
        expect(parser.check(tableNowMs), title).to.deep.equal(row.check);
      });
    }
  });

  it('reads extension fields in any order on every type', () => {
    for (const dialect of ['goodall', 'dogstatsd'] as const) {
      const options = { dialect, sanitizeNames: true };
      const parser = new LineParser(options);
      for (const type of ['c', 'g', 'ms', 'h', 'd', 's']) {
        const read = (order: readonly string[]) => {
          const bytes = Buffer.from(['foo:3', type, ...order].join('|'));
          if (parser.parse(bytes, 0, bytes.length) !== Outcome.Metric) throw new Error(`rejects ${bytes}`);
          return readMetric(parser, options);
        };
        const metric = read(fields);
        expect(metric.samples).to.have.length(1);
        expect(metric).to.include({ timestampSeconds: 9, unknownFields: 1 });
        expect(metric.tags.map(({ key }) => key)).to.deep.equal(['a', 'b']);
        // As text: comparing sixty thousand objects would take seconds.
        const expected = JSON.stringify(metric);
        for (const order of ordersOf(fields)) expect(JSON.stringify(read(order))).to.equal(expected);
      }
    }
  });

  it('forgets the line before', () => {
    const options = { dialect: 'goodall', sanitizeNames: true } as const;
    const parser = new LineParser(options);
    for (const before of [
      'a:1:2|g|@0.5|#t:1|T9|x',
      'a:b|s|#t',
      'a:1|c:x|ms',
      'a:1|c|T0',
      'a:1|c|#t|@0.5',
      '_e{1,1}:a|b',
      '_sc|a|9',
      '',
    ]) {
      const slab = Buffer.from(`${before}\nfoo:3|c`);
      parser.parse(slab, 0, before.length);
      expect(parser.parse(slab, before.length + 1, slab.length)).to.equal(Outcome.Metric);
      expect(readMetric(parser, options), before).to.deep.equal({
        name: 'foo',
        tags: [],
        samples: [{ type: 'counter', value: 3, weight: 1, delta: false, member: undefined }],
        timestampSeconds: 0,
        unknownFields: 0,
        rejectedBits: 0,
        reject: undefined,
      });
    }
  });

  it('has nothing rejected after a line that is none, an event or a service check', () => {
    const parser = new LineParser({ dialect: 'goodall', sanitizeNames: true });
    for (const line of ['', '_e{1,1}:a|b', '_sc|a|0', 'a:1|c']) {
      const slab = Buffer.from(`bad${line}`);
      expect(parser.parse(slab, 0, 3)).to.equal(Outcome.Rejected);
      expect(parser.rejectedBits).to.equal(1);
      expect(parser.parse(slab, 3, slab.length)).to.not.equal(Outcome.Rejected);
      expect(parser.rejectedBits, line).to.equal(0);
    }
  });

  it('has at least 300 rows in its tables, and one for every reason and dialect', () => {
    const tables = [acceptedRows(), rejectedRows(), eventRows(), checkRows(), blankRows()];
    expect(tables.flat().length).to.be.at.least(300);
    expect(new Set(rejectedRows().map(({ reject }) => reject))).to.deep.equal(new Set(rejectNames));
    for (const table of [acceptedRows(), rejectedRows(), blankRows()]) {
      expect(new Set(table.map(({ dialect }) => dialect)).size).to.equal(3);
    }
  });
});
