import { mergePartial, type Partial } from '../../../lib/aggregate/partial.js';
import { parseRetention } from '../../../lib/config/retention.js';
import { DDSketch } from '../../../lib/sketch/ddsketch.js';
import { type BlockValues, blockOf, insertBlocks, rowOf } from '../../../lib/storage/sqlite/blocks.js';
import { sumHours } from '../../../lib/storage/sqlite/flush-hours.js';
import { Owner, type Session } from '../../../lib/storage/sqlite/owner.js';
import {
  type PointRow,
  type PointTable,
  pointTableOf,
  pointTables,
} from '../../../lib/storage/sqlite/point-tables.js';
import { sealBounds } from '../../../lib/storage/sqlite/seal.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { bucketOf, Tiers } from '../../../lib/storage/sqlite/tiers.js';
import { flushOf } from '../../contract/flushes.js';
import { DaySeries, stepMs as flushMs } from './day.js';
import { insertFlushes, insertRows } from './month-rows.js';

/*
 * The database of a server that has run for a month, in a minute or two: each day is the day of day.ts, by the
 * time of day. Its blocks are made once by the code that seals and are put into every day; what a server has in
 * rows, because its span is not past, is in rows. Tables, tiers, marks and order are those that the server leaves.
 */

export const dayMs = 86_400_000;
const retention = parseRetention('10s:24h,1m:30d,1h:2y')!;

/** What is put in one place of the file at one time. */
interface Part {
  readonly endMs: number;
  blocks: BlockValues[];
}

interface Tier {
  readonly stepMs: number;
  readonly sinceMs: number;
  /** End of its last bucket. */
  readonly untilMs: number;
  /** What is rolled up of it. */
  readonly passedOnMs: number;
}

export interface MonthPoint {
  readonly series: DaySeries;
  readonly timeMs: number;
  readonly partial: Partial;
}

export class Month {
  readonly series: readonly DaySeries[];
  readonly sinceMs: number;
  private readonly tiers: readonly Tier[];
  private readonly parts = new Map<string, Part>();
  private readonly rows = new Map<PointTable, { stepMs: number; row: PointRow }[]>();

  /** @param unlike so many series have points of their own; the others have those of one of them */
  constructor(
    seriesCount: number,
    days: number,
    readonly nowMs: number,
    private readonly unlike = seriesCount,
  ) {
    this.series = Array.from({ length: seriesCount }, (_, i) => new DaySeries(i));
    this.sinceMs = bucketOf(nowMs - days * dayMs, dayMs);
    this.tiers = retention.map(({ stepMs, keepMs }, i) => {
      const untilMs = bucketOf(nowMs, stepMs);
      const next = retention[i + 1];
      const sinceMs = Math.max(this.sinceMs, bucketOf(nowMs - keepMs, next?.stepMs ?? stepMs));
      return { stepMs, sinceMs, untilMs, passedOnMs: bucketOf(nowMs, next?.stepMs ?? stepMs) };
    });
  }

  async write(path: string): Promise<void> {
    const store = await SqliteStore.open(path, { retention });
    const points = this.series.map(({ key }) => ({ series: key, timeMs: 0, partial: someOf(key.type) }));
    await store.write(flushOf({ id: 'keys', startMs: 0, points }));
    await store.close();
    const owner = await Owner.open(path, 'create', 1000);
    await owner.exclusive((session) => session.exec('PRAGMA synchronous = OFF'));
    const ids = await owner.all<{ id: number; name: string }>('SELECT id, name FROM series_key');
    const idOf = new Map(ids.map(({ id, name }) => [name, id]));
    const alike = new Map<number, number[]>();
    for (const [i, { key }] of this.series.entries()) {
      const id = idOf.get(key.name)!;
      const first = idOf.get(this.series[i % this.unlike]!.key.name)!;
      if (i < this.unlike) this.take(this.series[i]!, id);
      alike.set(first, [...(alike.get(first) ?? []), id]);
    }
    await owner.transaction((session) => this.insert(session, alike));
    await owner.close();
  }

  /** Points of one series as a step of the month has them: bucket by bucket of one day. */
  dayOf(series: DaySeries): ReadonlyMap<number, readonly (Partial | undefined)[]> {
    const fine = Array.from({ length: dayMs / flushMs }, (_, bucket) => series.at(bucket, bucket * flushMs));
    return new Map(retention.map(({ stepMs }) => [stepMs, merged(fine, stepMs / flushMs)]));
  }

  private take(series: DaySeries, id: number): void {
    const table = pointTableOf(series.key.type);
    const day = this.dayOf(series);
    for (const tier of this.tiers) {
      const { stepMs } = tier;
      const rows = day.get(stepMs)!.flatMap((partial, i) => {
        return partial === undefined ? [] : [rowOf(table, id, i * stepMs, partial)];
      });
      const { spanMs, untilMs } = sealedPart(table, tier);
      if (spanMs < dayMs) this.repeatBlocks(table, tier, spanMs, untilMs, rows);
      else this.makeBlocks(table, tier, spanMs, untilMs, rows);
      for (const row of daily(rows, Math.max(untilMs, tier.sinceMs), tier.untilMs))
        this.addRow(table, stepMs, row);
    }
  }

  private repeatBlocks(
    table: PointTable,
    tier: Tier,
    spanMs: number,
    untilMs: number,
    day: PointRow[],
  ): void {
    for (const [startMs, rows] of spansIn(day, spanMs)) {
      const block = blockOf(table, tier.stepMs, startMs, rows);
      const first = bucketOf(tier.sinceMs, spanMs);
      for (let at = bucketOf(first, dayMs) + startMs; at < untilMs; at += dayMs) {
        if (at >= first) this.addBlock(at + spanMs, block.with(2, at));
      }
    }
  }

  private makeBlocks(table: PointTable, tier: Tier, spanMs: number, untilMs: number, day: PointRow[]): void {
    for (const [startMs, rows] of spansIn(daily(day, tier.sinceMs, untilMs), spanMs)) {
      this.addBlock(startMs + spanMs, blockOf(table, tier.stepMs, startMs, rows));
    }
  }

  private addBlock(endMs: number, block: BlockValues): void {
    const key = `${endMs} ${block[1]} ${block[0]}`;
    const part = this.parts.get(key) ?? { endMs, blocks: [] };
    part.blocks.push(block);
    this.parts.set(key, part);
  }

  private addRow(table: PointTable, stepMs: number, row: PointRow): void {
    const rows = this.rows.get(table) ?? [];
    rows.push({ stepMs, row });
    this.rows.set(table, rows);
  }

  private async insert(session: Session, alike: ReadonlyMap<number, readonly number[]>): Promise<void> {
    for (const { name } of pointTables) await session.run(`DELETE FROM ${name}`);
    await session.run('DELETE FROM flush');
    const parts = [...this.parts.values()].sort((a, b) => a.endMs - b.endMs);
    for (const { blocks } of parts) {
      const ofAll = blocks.flatMap((block) => alike.get(block[3] as number)!.map((id) => block.with(3, id)));
      await insertBlocks(
        session,
        ofAll.sort((a, b) => (a[3] as number) - (b[3] as number)),
      );
    }
    for (const [table, rows] of this.rows) await insertRows(session, table, rows, alike);
    for (const [i, tier] of this.tiers.entries()) {
      const { stepMs, sinceMs, untilMs } = tier;
      await session.run('UPDATE tier SET held_since_ms = ? WHERE step_ms = ?', [sinceMs, stepMs]);
      for (const table of pointTables) {
        if (i > 0)
          await session.run('INSERT OR REPLACE INTO rolled VALUES (?, ?, ?, 0)', [
            table.name,
            stepMs,
            untilMs,
          ]);
        const sealed = sealedPart(table, tier);
        await session.run('INSERT OR REPLACE INTO sealed VALUES (?, ?, ?, ?, ?, 0)', [
          ...[table.kind, stepMs, sealed.spanMs, sealed.untilMs, sealed.untilMs],
        ]);
      }
    }
    const lastMs = this.tiers[0]!.untilMs - flushMs;
    await session.run('UPDATE series_span SET first_ms = ?, last_ms = ?, last_step_ms = ?', [
      ...[this.sinceMs, lastMs, flushMs],
    ]);
    await insertFlushes(session, this.sinceMs, this.nowMs);
    const tiers = await Tiers.read(session);
    while (await sumHours(session, tiers, this.nowMs));
  }
}

const someOf = (type: number): Partial => new DaySeries([0, 1, 3][type]!).at(0, 0)!;

/** Groups of buckets as one each. */
function merged(fine: readonly (Partial | undefined)[], group: number): readonly (Partial | undefined)[] {
  if (group === 1) return fine;
  return Array.from({ length: fine.length / group }, (_, i) => {
    let sum: Partial | undefined;
    for (const one of fine.slice(i * group, (i + 1) * group)) {
      if (one === undefined) continue;
      if (sum !== undefined) mergePartial(sum, one);
      else sum = 'sketch' in one ? { ...one, sketch: DDSketch.decode(one.sketch.encode()) } : { ...one };
    }
    return sum;
  });
}

/** The rows of a day, every day from one time to another. */
function daily(day: readonly PointRow[], sinceMs: number, untilMs: number): PointRow[] {
  const rows: PointRow[] = [];
  for (let startMs = bucketOf(sinceMs, dayMs); startMs < untilMs; startMs += dayMs) {
    for (const row of day) {
      const time_ms = startMs + row.time_ms;
      if (time_ms >= sinceMs && time_ms < untilMs) rows.push({ ...row, time_ms });
    }
  }
  return rows;
}

function spansIn(rows: readonly PointRow[], spanMs: number): Map<number, PointRow[]> {
  const spans = new Map<number, PointRow[]>();
  for (const row of rows) {
    const startMs = bucketOf(row.time_ms, spanMs);
    const own = spans.get(startMs);
    if (own === undefined) spans.set(startMs, [row]);
    else own.push(row);
  }
  return spans;
}

/** As lib/storage/sqlite/seal.ts has it. */
function sealedPart({ layout }: PointTable, { stepMs, sinceMs, untilMs, passedOnMs }: Tier) {
  const spanMs = stepMs * (layout.hasSketch ? sealBounds.sketchBuckets : sealBounds.buckets);
  const waitMs = Math.min(600_000, spanMs / 4);
  const endMs = bucketOf(Math.min(untilMs, passedOnMs) - waitMs, spanMs);
  return { spanMs, untilMs: Math.max(endMs, bucketOf(sinceMs, spanMs)) };
}
