import { expect } from 'chai';
import fc from 'fast-check';
import { DDSketch } from '../../../lib/sketch/ddsketch.js';
import type { BlockLayout, Columns } from '../../../lib/storage/block/columns.js';
import { BlockFormatError } from '../../../lib/storage/block/format-error.js';
import { BlockReader } from '../../../lib/storage/block/read-block.js';
import {
  ruleFirst,
  ruleMiddle,
  ruleRange,
  ruleTurn,
  ruleTurnHigh,
  ruleTurnLow,
  ruleTurnRange,
} from '../../../lib/storage/block/rules.js';
import { encodeBlock } from '../../../lib/storage/block/write-block.js';
import { randomFrom } from '../../bench/storage/day.js';

const layout: BlockLayout = {
  numbers: [
    { name: 'first' },
    { name: 'second', guess: ruleFirst, side: ruleTurn },
    { name: 'third', guess: ruleTurnHigh, spread: ruleTurn },
    { name: 'fourth', guess: ruleTurnLow, spread: ruleFirst },
    { name: 'fifth', guess: ruleTurnHigh, spread: ruleTurnRange, side: ruleTurn },
    { name: 'sixth', guess: ruleMiddle, spread: ruleRange },
  ],
  hasSketch: true,
};

/** All of a block. */
function decodeBlock({ numbers, hasSketch }: BlockLayout, count: number, bytes: Uint8Array): Columns {
  const reader = new BlockReader({ numbers, hasSketch }, count, bytes);
  const buckets: number[] = [];
  const rows: number[][] = [];
  const sketches: Uint8Array[] = [];
  while (reader.next()) {
    buckets.push(reader.bucket);
    rows.push([...reader.row]);
    if (hasSketch) sketches.push(reader.sketch());
  }
  const columns = numbers.map((_, i) => Float64Array.from(rows, (row) => row[i]!));
  return { buckets: Float64Array.from(buckets), numbers: columns, sketches };
}

/** NaN stands for NULL; whole, decimal and any doubles, sums of decimals, and steps of a walk. */
const column = fc.oneof(
  fc.array(fc.double(), { minLength: 40, maxLength: 40 }),
  fc.array(fc.integer({ min: -5, max: 1_000_000 }), { minLength: 40, maxLength: 40 }),
  fc.array(
    fc.integer({ min: 0, max: 99_999 }).map((n) => n / 100 + 0.1 + 0.2),
    { minLength: 40, maxLength: 40 },
  ),
  fc.array(fc.constantFrom(Number.NaN, 0, 7, 0.3, 2 ** 53, -(2 ** 52), 5e-324, Infinity, -Infinity), {
    ...{ minLength: 40, maxLength: 40 },
  }),
  fc.constantFrom(0, 1e-9, 123.456).map((value) => Array<number>(40).fill(value)),
);

const block = fc
  .record({
    buckets: fc.uniqueArray(fc.nat(5_000), { minLength: 1, maxLength: 40 }),
    columns: fc.tuple(column, column, column, column, column, column),
    sketches: fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 40, maxLength: 40 }),
    same: fc.boolean(),
  })
  .map(({ buckets, columns: [first, second, ...others], sketches, same }): Columns => {
    const count = buckets.length;
    return {
      buckets: Float64Array.from(buckets.sort((a, b) => a - b)),
      numbers: [first, same ? first : second, ...others].map((values) =>
        Float64Array.from(values.slice(0, count)),
      ),
      sketches: sketches.slice(0, count),
    };
  });

/** Zeros lose their sign, as they do in rows. */
const plain = ({ buckets, numbers, sketches }: Columns): object => ({
  buckets: [...buckets],
  numbers: numbers.map((values) => [...values].map((value) => value + 0)),
  sketches: sketches.map((bytes) => Buffer.from(bytes).toString('hex')),
});

describe('the encoding of a block', () => {
  it('gives every point back to its last bit', () => {
    fc.assert(
      fc.property(block, (columns) => {
        const bytes = encodeBlock(layout, columns);
        expect(plain(decodeBlock(layout, columns.buckets.length, bytes))).to.deep.equal(plain(columns));
      }),
      { numRuns: 500 },
    );
  });

  it('is short where points are alike', () => {
    const count = 360;
    const columns = {
      buckets: Float64Array.from({ length: count }, (_, i) => i),
      numbers: [
        new Float64Array(count).fill(12.5),
        new Float64Array(count).fill(12.5),
        Float64Array.from({ length: count }, (_, i) => 1000 + i),
        ...[11, 14, 12].map((value) => new Float64Array(count).fill(value)),
      ],
      sketches: Array<Uint8Array>(count).fill(Uint8Array.of(0x11, 0x20, 2, 1, 1, 0xf0, 0x12)),
    };
    // A sketch takes a whole byte at least.
    expect(encodeBlock(layout, columns)).to.have.length.below(100 + count);
  });

  it('is half as long as sketches of many samples', () => {
    const random = randomFrom(1);
    const sketches = Array.from({ length: 24 }, () => {
      const sketch = new DDSketch();
      for (let i = 0; i < 5_000; i += 1) sketch.add(20 * Math.exp(random() + random() + random()));
      return sketch.encode();
    });
    const bare = { numbers: [], hasSketch: true };
    const columns = { buckets: Float64Array.from(sketches.keys()), numbers: [], sketches };
    const bytes = encodeBlock(bare, columns);
    expect(bytes.length).to.be.below(0.55 * sketches.reduce((sum, { length }) => sum + length, 0));
    expect(plain(decodeBlock(bare, sketches.length, bytes))).to.deep.equal(plain(columns));
  });

  it('is refused where bytes are missing, of another version or changed', () => {
    fc.assert(
      fc.property(block, fc.nat(), (columns, at) => {
        const count = columns.buckets.length;
        const bytes = encodeBlock(layout, columns);
        expect(() =>
          decodeBlock(
            layout,
            count,
            bytes.map((byte, i) => (i === 0 ? byte ^ 0xff : byte)),
          ),
        ).to.throw(BlockFormatError, 'version');
        const changed = bytes.map((byte, i) => (i === 1 + (at % (bytes.length - 1)) ? byte ^ 0x55 : byte));
        // Two bytes of the end mark are all that is checked: one change in 65,536 may go unseen.
        try {
          decodeBlock(layout, count, changed);
        } catch (error) {
          expect(error).to.be.instanceOf(BlockFormatError);
        }
      }),
      { numRuns: 200 },
    );
    const columns = { buckets: Float64Array.of(0), numbers: [], sketches: [] };
    const bare = { numbers: [], hasSketch: false };
    const bytes = encodeBlock(bare, columns);
    expect(() => decodeBlock(bare, 1, bytes.subarray(0, 1))).to.throw(BlockFormatError, 'end');
  });
});
