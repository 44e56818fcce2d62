import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import {
  counter,
  counterKey,
  distribution,
  flushOf,
  gauge,
  gaugeKey,
  point,
} from '../../contract/flushes.js';
import { root } from '../../support/source-files.js';
import { temporaryFolder } from '../../support/temporary.js';

describe('lib/docs/storage-format.md', () => {
  const directory = temporaryFolder();
  const text = readFileSync(join(root, 'lib/docs/storage-format.md'), 'utf8');
  let owner: Owner;

  beforeEach(async () => {
    const path = directory.file('x.db');
    const store = await SqliteStore.open(path);
    const now = Math.floor(Date.now() / 10_000) * 10_000;
    const tags = ['env:prod', 'host:web-1'];
    const points = [
      point(counterKey('app.hits', ...tags), counter(3), now),
      point(gaugeKey('app.queue'), gauge(now, 7), now),
      point({ ...counterKey('app.latency', ...tags), type: 2 }, distribution(2, 5), now),
    ];
    await store.write(flushOf({ startMs: now, points }));
    await store.close();
    owner = await Owner.open(path, 'read', 100);
  });

  afterEach(() => owner.close());

  it('names every table, view and column', async () => {
    const columns = await owner.all<{ place: string; column: string }>(
      `SELECT s.name AS place, c.name AS column FROM sqlite_schema AS s, pragma_table_info(s.name) AS c
       WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite_%'`,
    );
    expect(columns).to.have.length.above(100);
    const missing = columns.filter(
      ({ place, column }) => !text.includes(`\`${place}\``) || !text.includes(`\`${column}\``),
    );
    expect(missing).to.deep.equal([]);
  });

  it('has queries that run and find something', async () => {
    const queries = [...text.matchAll(/```sql\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
      block.split(';').filter((query) => query.trim() !== ''),
    );
    expect(queries).to.have.length.above(5);
    for (const query of queries) {
      const rows = await owner.all(query);
      if (!query.includes('bad_lines GROUP BY')) expect(rows, query).not.to.deep.equal([]);
    }
  });
});
