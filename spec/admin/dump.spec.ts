import { inspect } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { type DumpValue, dump, inspectNotation, jsonNotation, pieceEntries } from '../../lib/admin/dump.js';

type Values = ReadonlyMap<string, DumpValue>;

const asObject = (values: Values): object =>
  Object.fromEntries(
    [...values].map(([name, value]) => [name, typeof value === 'number' ? value : [...value]]),
  );

function expectAsWhole(values: Values): void {
  expect([...dump(values, inspectNotation, '\nEND\n\n')].join('')).to.equal(
    `${inspect(asObject(values))}\nEND\n\n`,
  );
  expect([...dump(values, jsonNotation, '\n')].join('')).to.equal(`${JSON.stringify(asObject(values))}\n`);
}

describe('a dump', () => {
  const name = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.nat().map(String),
    fc.constantFrom('__proto__', 'constructor', 'toJSON', 'then', '', '-1', '01', '4294967294', '4294967295'),
  );
  const value: fc.Arbitrary<DumpValue> = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.float64Array({ maxLength: 130 }),
    fc.array(fc.integer(), { maxLength: 20 }).map((values) => Float64Array.from(values)),
  );

  it('is what inspect and JSON.stringify write of the whole, whatever the names and values', () => {
    const values = fc.array(fc.tuple(name, value), { maxLength: 40 }).map((entries) => new Map(entries));
    fc.assert(fc.property(values, expectAsWhole), { numRuns: 300 });
  });

  it('is joined from pieces without a seam', () => {
    for (const count of [1, 2, 3, 4].flatMap((n) => [-1, 0, 1].map((by) => n * pieceEntries + by))) {
      const names = Array.from({ length: count }, (_, i) =>
        i % 3 === 0 ? `${(i * 7919) % 1000}` : `n.${i}`,
      );
      expectAsWhole(new Map(names.map((text, i) => [text, i])));
      expectAsWhole(new Map(names.map((text, i) => [text, new Float64Array(i % 9)])));
      expectAsWhole(new Map(names.map((text, i) => [text.slice(-1) + i.toString(36), i % 10])));
    }
  });

  it('is one piece when it is short, the end included', () => {
    expect([...dump(new Map([['a', 1]]), inspectNotation, '\nEND\n\n')]).to.deep.equal(['{ a: 1 }\nEND\n\n']);
  });

  it('never makes a piece of more than twice the entries', () => {
    const values = new Map(Array.from({ length: 10 * pieceEntries + 5 }, (_, i) => [`n${i}`, i]));
    const lines = [...dump(values, inspectNotation, '')].map((piece) => piece.split('\n').length);
    expect(lines).to.have.lengthOf(10);
    expect(Math.max(...lines)).to.be.below(2 * pieceEntries + 3);
  });

  it('writes what JSON has no number for as null', () => {
    expect([...dump(new Map([['a', Number.POSITIVE_INFINITY]]), jsonNotation, '')]).to.deep.equal([
      '{"a":null}',
    ]);
  });
});
