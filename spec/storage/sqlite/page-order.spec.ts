import { expect } from 'chai';
import type { BlockValues } from '../../../lib/storage/sqlite/blocks.js';
import { insertBlocks } from '../../../lib/storage/sqlite/blocks.js';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { bytesInPage, inPageOrder } from '../../../lib/storage/sqlite/page-order.js';
import { migrate } from '../../../lib/storage/sqlite/schema.js';
import { temporaryFolder } from '../../support/temporary.js';

const pageBytes = 4096;
const headerBytes = 8;

/** A gauge's block with a body of so many bytes. */
const block = (series: number, bodyBytes: number): BlockValues => [
  ...[1, 60_000, 1_767_225_600_000, series, 0, 359, 360],
  ...[360, null, 1234.5, 0, 1, 130, -70_000],
  new Uint8Array(bodyBytes).fill(7),
];

describe('the order of rows in a table', () => {
  const directory = temporaryFolder();
  let owner: Owner;

  beforeEach(async () => {
    owner = await Owner.open(directory.file('x.db'), 'create', 100);
    await owner.transaction((session) => migrate(session, 'x.db'));
  });

  afterEach(() => owner.close());

  async function pages(): Promise<{ pages: number; unused: number }> {
    const [leaves] = await owner.all<{ pages: number; unused: number }>(
      `SELECT count(*) AS pages, sum(unused) AS unused FROM dbstat WHERE name = 'block' AND pagetype = 'leaf'`,
    );
    return leaves!;
  }

  for (const bodyBytes of [10, 200, 3_900, 3_990, 4_100, 4_600, 8_000, 9_000, 20_000]) {
    it(`knows what a row of ${bodyBytes} bytes takes of its page`, async () => {
      const row = block(70_000, bodyBytes);
      await owner.transaction((session) => insertBlocks(session, [row]));
      const { unused } = await pages();
      const bytes = pageBytes - headerBytes - unused;
      expect(bytesInPage(row)).to.be.within(bytes, bytes + 5);
    });
  }

  it('is one that leaves pages full, where rows as they come leave a third empty', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => block(i, 900 + ((i * 7919) % 2_600)));
    const bytes = rows.reduce((sum, row) => sum + bytesInPage(row), 0);
    await owner.transaction((session) => insertBlocks(session, rows));
    expect((await pages()).pages).to.be.below((1.1 * bytes) / pageBytes);
  });

  it('loses no row', () => {
    const rows = Array.from({ length: 50 }, (_, i) => block(i, (i * 331) % 9_000));
    expect(new Set(inPageOrder(rows))).to.deep.equal(new Set(rows));
    expect(inPageOrder([])).to.deep.equal([]);
  });
});
