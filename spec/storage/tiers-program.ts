import sqlite3 from 'sqlite3';
import { SqliteStore } from '../../lib/storage/sqlite/store.js';
import { flushOf, t0 } from '../contract/flushes.js';
import { everyType, littleBlocks, maintainAll, pointsAt, retentionOf } from './tier-model.js';

/**
 * A server's life in fast motion: `tiers-program.js FILE FIRST COUNT STATEMENTS`. Writes the flushes from FIRST to COUNT,
 * with late points among them, and keeps the database within its retention. Prints the number of each flush it has
 * written. It kills itself, as `kill -9` would, before it runs the statement of the given number; 0 lets it end.
 */
const [path = '', first = 0, count = 0, deadly = 0] = process.argv
  .slice(2)
  .map((text, i) => (i === 0 ? text : Number(text))) as [string, number, number, number];

let statements = 0;
function dieAtStatement<F extends (...args: never[]) => unknown>(original: F): F {
  return function (this: unknown, ...args: never[]) {
    statements += 1;
    if (statements === deadly) process.kill(process.pid, 'SIGKILL');
    return original.apply(this, args);
  } as F;
}
const { Statement, Database } = sqlite3;
Statement.prototype.run = dieAtStatement(Statement.prototype.run);
Statement.prototype.all = dieAtStatement(Statement.prototype.all as never) as never;
Database.prototype.exec = dieAtStatement(Database.prototype.exec);

const stepMs = 600_000;
const store = await SqliteStore.open(path, {
  retention: retentionOf('10m:1h,30m:5h,2h:20h'),
  rollUpBounds: { series: 5, sketches: 20 },
  sealBounds: littleBlocks,
});
for (let i = first; i < count; i += 1) {
  const startMs = t0 + i * stepMs;
  const samples = everyType.map((_, series) => ({
    series,
    value: 1 + ((i * 7 + series) % 40),
    ageSteps: (i + series) % 9 === 0 ? (i * 3) % 60 : 0,
  }));
  await store.write(
    flushOf({ id: `f-${i}`, startMs, intervalMs: stepMs, points: pointsAt(startMs, samples, stepMs) }),
  );
  console.log(i);
  for (let parts = 0; parts < 5; parts += 1) await store.maintain(startMs + stepMs);
}
await maintainAll(store, t0 + count * stepMs + 30 * stepMs);
await store.close();
console.log(`end after ${statements}`);
