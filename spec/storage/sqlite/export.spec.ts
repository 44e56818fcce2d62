import { existsSync, readdirSync } from 'node:fs';
import { expect } from 'chai';
import { DatabaseOpenError, DatabaseSchemaError } from '../../../lib/errors.js';
import { exportDatabase } from '../../../lib/storage/sqlite/export.js';
import { exportTables } from '../../../lib/storage/sqlite/export-tables.js';
import { importDatabase } from '../../../lib/storage/sqlite/import.js';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { pointTables } from '../../../lib/storage/sqlite/point-tables.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import {
  badLine,
  counter,
  counterKey,
  flushOf,
  point,
  readAll,
  stepMs,
  t0,
  tagsOf,
} from '../../contract/flushes.js';
import { temporaryFolder } from '../../support/temporary.js';
import { everyType, littleBlocks, pointsAt, retentionOf } from '../tier-model.js';

describe('an export', () => {
  const directory = temporaryFolder();
  const retention = retentionOf('10s:1m,30s:5m,2m:20m');
  let path: string;

  /** A reader leaves the log of the database it read. */
  const databases = (): string[] =>
    readdirSync(directory.path).filter((name) => !/^x\.db-(wal|shm)$/.test(name));

  async function* each(lines: readonly string[]): AsyncGenerator<string> {
    yield* lines;
  }

  async function exported(from: string): Promise<string[]> {
    const lines: string[] = [];
    await exportDatabase(from, (line) => void lines.push(line));
    return lines;
  }

  beforeEach(async () => {
    path = directory.file('x.db');
    const store = await SqliteStore.open(path, {
      retention,
      rollUpBounds: { series: 5, sketches: 20 },
      sealBounds: littleBlocks,
    });
    for (let i = 0; i < 30; i += 1) {
      const samples = everyType.map((_, series) => ({
        series,
        value: 1 + ((i * 7 + series) % 40),
        ageSteps: series % 3,
      }));
      const timeMs = t0 + i * stepMs;
      await store.write(flushOf({ startMs: timeMs, points: pointsAt(timeMs, samples, stepMs) }));
      for (let parts = 0; parts < 20; parts += 1) await store.maintain(timeMs);
    }
    const odd = [
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      0.1,
      5e-324,
      2 ** 53 + 2,
      1e300,
    ];
    const name = 'a "b"\n\\ \u2028 \ud83d\ude00';
    const points = odd.map((value, i) => point(counterKey(`${name}${i}`, 'k:v,w', 'lone'), counter(value)));
    const check = {
      name: 'db',
      status: 1,
      timeMs: t0,
      tags: tagsOf('a:b'),
      host: undefined,
      message: 'x\ny',
    } as const;
    await store.write(flushOf({ points, checks: [check], badLines: [badLine('BadValue', '::1')] }));
    await store.close();
  });

  it('gives back everything when it is imported: tables, tiers and marks', async () => {
    const lines = await exported(path);
    expect(lines.every((line) => !line.includes('\n'))).to.equal(true);
    const copy = directory.file('copy.db');
    await importDatabase(copy, each(lines));
    expect(databases()).to.have.members(['x.db', 'copy.db']);
    const [one, other] = [await Owner.open(path, 'read', 100), await Owner.open(copy, 'read', 100)];
    for (const { name, key } of exportTables) {
      const sql = `SELECT * FROM ${name} ORDER BY ${key.join()}`;
      expect(await other.all(sql), name).to.deep.equal(await one.all(sql));
    }
    await one.close();
    await other.close();
    // Points that lie in blocks come after the others.
    expect((await exported(copy)).sort()).to.deep.equal(lines.sort());
  });

  it('knows every table', async () => {
    const owner = await Owner.open(path, 'read', 100);
    const rows = await owner.all<{ name: string }>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
    );
    const blocks = ['block', 'sealed'];
    const derived = ['flush_hour'];
    const known = [...exportTables, ...pointTables].map(({ name }) => name);
    expect(rows.map(({ name }) => name)).to.have.members([...known, ...blocks, ...derived]);
    const [count] = await owner.all<{ n: number }>('SELECT count(*) AS n FROM block');
    expect(count?.n).to.be.above(10);
    await owner.close();
  });

  it('is a database that a server goes on with', async () => {
    const copy = directory.file('copy.db');
    await importDatabase(copy, each(await exported(path)));
    const store = await SqliteStore.open(copy, { retention });
    const before = await readAll(store);
    expect(before).to.have.length.above(100);
    await store.write(
      flushOf({ startMs: t0 + 300_000, points: [point(counterKey('new'), counter(1), t0 + 300_000)] }),
    );
    expect(await readAll(store)).to.have.lengthOf(before.length + 1);
    await store.close();
  });

  it('is refused where it is none, or there is a file already; nothing is left behind', async () => {
    const lines = await exported(path);
    const outcome = (to: string, given: readonly string[]): Promise<unknown> =>
      importDatabase(to, each(given)).then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(await outcome(path, lines)).to.be.instanceOf(DatabaseOpenError);
    const copy = directory.file('copy.db');
    const wrong: readonly (readonly string[])[] = [
      [],
      ['{'],
      ['[]'],
      lines.slice(1),
      ['{"goodall":"export","version":99}'],
      [lines[0]!, '{"table":"sqlite_schema","sql":"x"}'],
      [lines[0]!, '{"table":"tier","step_ms) VALUES (1);--":1}'],
      [lines[0]!, '{"table":"tier","step_ms":[1]}'],
      [...lines, '{"table":"tier"'],
    ];
    for (const given of wrong) {
      const error = await outcome(copy, given);
      expect(error, given.at(-1)).to.be.instanceOf(DatabaseSchemaError);
      expect((error as Error).message).to.match(/^cannot import: /);
      expect(existsSync(copy)).to.equal(false);
    }
    expect(databases()).to.deep.equal(['x.db']);
  });
});
