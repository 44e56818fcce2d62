import { expect } from 'chai';
import { MetricType } from '../../../lib/metric.js';
import { dueSql } from '../../../lib/storage/sqlite/flush-hours.js';
import { hoursSql } from '../../../lib/storage/sqlite/ingest-reader.js';
import { Owner, type SqlValue } from '../../../lib/storage/sqlite/owner.js';
import {
  blocksPartSql,
  lookUpPartSql,
  lookUpSql,
  scanPartSql,
} from '../../../lib/storage/sqlite/point-rows.js';
import { pointTables } from '../../../lib/storage/sqlite/point-tables.js';
import { selectIds } from '../../../lib/storage/sqlite/selector.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { tagsOf } from '../../contract/flushes.js';
import { temporaryFolder } from '../../support/temporary.js';

describe('the way SQLite takes', () => {
  const directory = temporaryFolder();
  let owner: Owner;

  beforeEach(async () => {
    const path = directory.file('x.db');
    await (await SqliteStore.open(path)).close();
    owner = await Owner.open(path, 'read', 100);
  });

  afterEach(() => owner.close());

  async function plan(sql: string, values: readonly SqlValue[] = []): Promise<string> {
    const rows = await owner.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, values);
    return rows.map(({ detail }) => detail).join('\n');
  }

  async function planOf(...selectors: Parameters<typeof selectIds>): Promise<string> {
    const { sql, values } = selectIds(...selectors);
    return plan(sql, values);
  }

  it('to the series with a tag is a look-up in an index', async () => {
    const found = await planOf({ tags: tagsOf('env:prod') });
    expect(found).to.contain('SEARCH tag USING COVERING INDEX sqlite_autoindex_tag_1 (key=? AND value=?)');
    expect(found).to.contain('SEARCH series_tag USING PRIMARY KEY (tag=?)');
    expect(found).to.contain('SEARCH series_key USING INTEGER PRIMARY KEY (rowid=?)');
    expect(found).not.to.contain('SCAN');
  });

  it('to the series of a name is a look-up in an index', async () => {
    const found = await planOf({ patterns: ['api.latency'], types: [MetricType.Timer] });
    expect(found).to.contain('USING COVERING INDEX sqlite_autoindex_series_key_1 (name=? AND type=?)');
  });

  it('to the names with a fixed beginning is a range of an index', async () => {
    const found = await planOf({ patterns: ['api.*.latency'] });
    expect(found).to.contain('USING COVERING INDEX sqlite_autoindex_series_key_1 (name>? AND name<?)');
  });

  it('to hours that are added up is one range of the key, and to those that are not an index of their own', async () => {
    const found = await plan(hoursSql, [0, 1e13, 3_600_000]);
    expect(found).to.contain('SEARCH flush_hour USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)');
    expect(found).to.contain('SEARCH flush USING INDEX flush_start (start_ms>? AND start_ms<?)');
    expect(found).not.to.contain('TEMP B-TREE FOR ORDER BY');
    expect(await plan(dueSql, [1e13, '[]', 1])).to.contain('USING INDEX flush_hour_due (hour_ms<?)');
  });

  for (const table of pointTables) {
    it(`to few series in ${table.name} is a look-up of each by the key`, async () => {
      for (const sql of [lookUpSql(table), lookUpPartSql(table), blocksPartSql(table)]) {
        const found = await plan(sql);
        expect(found).to.contain(
          `SEARCH ${table.name} USING PRIMARY KEY (step_ms=? AND time_ms=? AND series=?)`,
        );
        expect(found).not.to.contain('TEMP B-TREE');
      }
    });

    it(`to blocks of ${table.name} is a look-up of each in an index, in the order of the answer`, async () => {
      const found = await plan(blocksPartSql(table));
      expect(found).to.contain(
        'SEARCH block USING INDEX block_place (kind=? AND step_ms=? AND start_ms=? AND series=?)',
      );
    });

    it(`to many series in ${table.name} is one range of the key, in the order of the answer`, async () => {
      for (const filtered of [false, true]) {
        const found = await plan(scanPartSql(table, filtered));
        expect(found).to.contain(
          `SEARCH ${table.name} USING PRIMARY KEY (step_ms=? AND (time_ms,series)>(?,?)`,
        );
        expect(found).not.to.contain('TEMP B-TREE');
      }
    });
  }
});
