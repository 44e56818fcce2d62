import type { Session } from './owner.js';
import type { PointTable } from './point-tables.js';

/** One step that the point tables hold. */
export interface TierRow {
  readonly stepMs: number;
  readonly keepMs: number;
  /** 0 as flushed, 1 and up rolled up from the level below, -1 to be deleted. */
  readonly level: number;
  /** Buckets that start before are not read from here any more. */
  readonly heldSinceMs: number;
}

/**
 * How far a tier is rolled up in one table: whole before `untilMs`, and in that bucket for series up to
 * `series`.
 */
export interface Rolled {
  readonly untilMs: number;
  readonly series: number;
}

/** The buckets of one level: of one step, but for level 0 after a change of the flush interval. */
export interface Level {
  readonly stepsMs: readonly number[];
  /** The step it is named by: the longest. */
  readonly stepMs: number;
  readonly keepMs: number;
  readonly heldSinceMs: number;
}

const nothing: Rolled = { untilMs: 0, series: 0 };

/** The columns of `TiersRow`: it is read for every question, and each statement is a way to another thread and back. */
export const tiersColumnsSql = `
  (SELECT json_group_array(json_object('stepMs', step_ms, 'keepMs', keep_ms, 'level', level, 'heldSinceMs', held_since_ms))
    FROM (SELECT * FROM tier ORDER BY step_ms)) AS tiers,
  (SELECT json_group_array(json_object('key', points || ' ' || step_ms, 'untilMs', until_ms, 'series', series))
    FROM rolled) AS rolled`;

export interface TiersRow {
  readonly tiers: string;
  readonly rolled: string;
}

/** The state of all tiers, as one transaction sees it. */
export class Tiers {
  /** Finest first; empty when nobody has said what is kept: then everything is read as it lies. */
  readonly levels: readonly Level[];

  constructor(
    readonly rows: readonly TierRow[],
    private readonly rolledRows: ReadonlyMap<string, Rolled>,
  ) {
    const count = Math.max(-1, ...rows.map(({ level }) => level)) + 1;
    this.levels = Array.from({ length: count }, (_, level) => levelOf(rows, level));
  }

  static async read(session: Pick<Session, 'all'>): Promise<Tiers> {
    const [found] = await session.all<TiersRow>(`SELECT ${tiersColumnsSql}`);
    return Tiers.of(found!);
  }

  static of(found: TiersRow): Tiers {
    const rows = JSON.parse(found.tiers) as TierRow[];
    const rolled = JSON.parse(found.rolled) as (Rolled & { key: string })[];
    return new Tiers(rows, new Map(rolled.map(({ key, untilMs, series }) => [key, { untilMs, series }])));
  }

  rolled({ name }: PointTable, stepMs: number): Rolled {
    return this.rolledRows.get(`${name} ${stepMs}`) ?? nothing;
  }

  /** Steps whose points are only to be deleted. */
  get deadStepsMs(): number[] {
    return this.rows.filter(({ level }) => level < 0).map(({ stepMs }) => stepMs);
  }
}

function levelOf(rows: readonly TierRow[], level: number): Level {
  const own = rows.filter((row) => row.level === level);
  return {
    stepsMs: own.map(({ stepMs }) => stepMs),
    stepMs: Math.max(...own.map(({ stepMs }) => stepMs)),
    keepMs: Math.max(...own.map(({ keepMs }) => keepMs)),
    heldSinceMs: Math.max(...own.map(({ heldSinceMs }) => heldSinceMs)),
  };
}

/** Start of the bucket that holds the instant. */
export function bucketOf(timeMs: number, stepMs: number): number {
  return Math.floor(timeMs / stepMs) * stepMs;
}

export async function setRolled(
  session: Session,
  { name }: PointTable,
  stepMs: number,
  { untilMs, series }: Rolled,
): Promise<void> {
  await session.run(`INSERT OR REPLACE INTO rolled (points, step_ms, until_ms, series) VALUES (?, ?, ?, ?)`, [
    name,
    stepMs,
    untilMs,
    series,
  ]);
}

/** The greatest id of a series. */
export async function lastSeries(session: Session): Promise<number> {
  const [row] = await session.all<{ id: number }>('SELECT coalesce(max(id), 0) AS id FROM series_key');
  return row!.id;
}
