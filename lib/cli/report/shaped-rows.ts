import { MetricType } from '../../metric.js';
import type { SeriesGroup } from '../../query/group.js';
import {
  type AnswerFacts,
  beginQuery,
  type Query,
  type RunningQuery,
  readGroups,
} from '../../query/query.js';
import type { Row } from '../../query/row.js';
import { byIdentity } from '../../query/sort.js';
import { cautionLines } from '../../report/summary.js';
import type { ReportQuestion } from '../report-question.js';
import { type ShapedRow, shapedGroups } from './question.js';
import { refuseNothing, type Stores } from './stores.js';

/** Series that are shown at most where nothing else is said. */
export const defaultSeries = 5;

export interface ShapedRows {
  readonly cautions: readonly string[];
  /** How many groups there are, shown or not. */
  readonly groupCount: number;
  /** Those to be shown, the busiest first, as they are read; to be taken once. */
  readonly groups: AsyncIterable<readonly ShapedRow[]>;
}

/** With no more groups than this, and steps, the distributions of all are held. */
const fewGroups = { whole: 500, stepped: defaultSeries } as const;

/** The rows with a distribution that a question asks for: a row a step, or one a group. */
export async function shapedRowsOf(
  stores: Stores,
  question: ReportQuestion,
  nowMs: number,
): Promise<ShapedRows> {
  const { window, format, limit, steps } = question;
  const most = Number.isFinite(limit) || format === 'json' ? limit : defaultSeries;
  const query: Query = { ...question, nowMs, shapes: true };
  const groups = await readGroups(stores.readers, query);
  if (groups.length > fewGroups[steps === undefined ? 'whole' : 'stepped'])
    return busiestShapes(stores, query, groups, most);
  const { answer, rows } = await rowsOf(stores, query, groups);
  const shaped = shapedGroups(rows);
  return {
    cautions: cautionLines({ answer, rows, window }),
    groupCount: shaped.length,
    groups: later(shaped.slice(0, most)),
  };
}

/**
 * Which groups are the busiest is found first, and then the distributions are read of those that are shown, group by
 * group: all of them are more than anybody should hold.
 */
async function busiestShapes(
  stores: Stores,
  query: Query,
  groups: readonly SeriesGroup[],
  most: number,
): Promise<ShapedRows> {
  const plain = { ...query, steps: undefined, percentiles: [], shapes: false };
  const { answer, rows } = await rowsOf(stores, plain, groups);
  const byTags = new Map(rows.map((row) => [row.tags, row]));
  const rowOf = ({ tags }: SeriesGroup): Row => byTags.get(tags) as Row;
  const shaped = groups
    .filter((group) => group.type !== MetricType.Set && byTags.has(group.tags))
    .sort((a, b) => rowOf(b).count - rowOf(a).count || byIdentity(rowOf(a), rowOf(b)));
  const running = await beginQuery(stores.readers, query, shaped.slice(0, most));
  return {
    cautions: cautionLines({ answer, rows, window: query.window }),
    groupCount: shaped.length,
    groups: groupByGroup(running),
  };
}

async function rowsOf(
  stores: Stores,
  query: Query,
  groups: readonly SeriesGroup[],
): Promise<{ readonly answer: AnswerFacts; readonly rows: readonly Row[] }> {
  const running = await beginQuery(stores.readers, query, groups);
  const rows: Row[] = [];
  for await (const group of running.groups()) for (const row of group) rows.push(row);
  const answer = running.facts();
  if (rows.length === 0) await refuseNothing(stores, query, answer);
  return { answer, rows };
}

/** The parts of a group as one. */
async function* groupByGroup(running: RunningQuery): AsyncGenerator<readonly ShapedRow[]> {
  let group: ShapedRow[] = [];
  for await (const part of running.groups()) {
    for (const row of part) {
      if (group.length > 0 && group[0]?.tags !== row.tags) {
        yield group;
        group = [];
      }
      if (row.shape !== undefined) group.push(row as ShapedRow);
    }
  }
  if (group.length > 0) yield group;
}

async function* later<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
