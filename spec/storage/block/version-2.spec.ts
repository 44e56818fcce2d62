import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { BlockReader } from '../../../lib/storage/block/read-block.js';
import { pointTables } from '../../../lib/storage/sqlite/point-tables.js';
import { root } from '../../support/source-files.js';

/** A block as version 2 wrote it, bytes in base64, and its points column by column. */
interface OldBlock {
  readonly kind: number;
  readonly body: string;
  readonly buckets: readonly number[];
  readonly numbers: readonly (readonly (number | null)[])[];
  readonly sketches: readonly string[];
}

const blocks = JSON.parse(
  readFileSync(join(root, 'spec/fixtures/blocks-version-2.json'), 'utf8'),
) as readonly OldBlock[];

describe('blocks of version 2', () => {
  for (const [i, { kind, body, buckets, numbers, sketches }] of blocks.entries()) {
    const table = pointTables[kind]!;
    it(`are read as they were written: ${table.name}, number ${i}`, () => {
      const reader = new BlockReader(table.layout, buckets.length, Buffer.from(body, 'base64'));
      for (const [row, bucket] of buckets.entries()) {
        expect(reader.next()).to.equal(true);
        expect(reader.bucket).to.equal(bucket);
        expect([...reader.row]).to.deep.equal(numbers.map((column) => column[row] ?? Number.NaN));
        if (table.layout.hasSketch)
          expect(Buffer.from(reader.sketch()).toString('base64')).to.equal(sketches[row]);
      }
      expect(reader.next()).to.equal(false);
    });
  }
});
