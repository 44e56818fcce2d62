import { MetricType } from '../../metric.js';
import { beginQuery, type Query, type RunningQuery, readGroups } from '../../query/query.js';
import type { Row } from '../../query/row.js';
import { byIdentity } from '../../query/sort.js';
import { cautionLines } from '../../report/summary.js';
import type { ReportQuestion } from '../report-question.js';
import { type ShapedRow, shapedGroups } from './question.js';
import { answerOf, refuseNothing, type Stores } from './stores.js';

/** Series that are shown at most where nothing else is said. */
export const defaultSeries = 5;

export interface ShapedRows {
  readonly cautions: readonly string[];
  /** How many groups there are, shown or not. */
  readonly groupCount: number;
  /** Those to be shown, the busiest first, as they are read; to be taken once. */
  readonly groups: AsyncIterable<readonly ShapedRow[]>;
}

/** The rows with a distribution that a question asks for: a row a step, or one a group. */
export async function shapedRowsOf(
  stores: Stores,
  question: ReportQuestion,
  nowMs: number,
): Promise<ShapedRows> {
  const { window, format, limit, steps } = question;
  const most = Number.isFinite(limit) || format === 'json' ? limit : defaultSeries;
  if (steps !== undefined) return shapedSteps(stores, { ...question, nowMs }, most);
  const answer = await answerOf(stores, { ...question, nowMs, shapes: true });
  const groups = shapedGroups(answer);
  return {
    cautions: cautionLines({ answer, rows: answer.rows, window }),
    groupCount: groups.length,
    groups: later(groups.slice(0, most)),
  };
}

/**
 * Which groups are the busiest is found without steps, which are read afterwards, of those that are shown alone and group by
 * group: the distributions behind all steps of all groups are more than anybody should hold.
 */
async function shapedSteps(stores: Stores, query: Query, most: number): Promise<ShapedRows> {
  const { readers } = stores;
  const groups = await readGroups(readers, query);
  const whole = await beginQuery(readers, { ...query, steps: undefined, percentiles: [] }, groups);
  const rows: Row[] = [];
  for await (const group of whole.groups()) for (const row of group) rows.push(row);
  const answer = whole.facts();
  if (rows.length === 0) await refuseNothing(stores, query, answer);
  const byTags = new Map(rows.map((row) => [row.tags, row]));
  const rowOf = ({ tags }: { readonly tags: Row['tags'] }): Row => byTags.get(tags) as Row;
  const shaped = groups
    .filter((group) => group.type !== MetricType.Set && byTags.has(group.tags))
    .sort((a, b) => rowOf(b).count - rowOf(a).count || byIdentity(rowOf(a), rowOf(b)));
  const running = await beginQuery(readers, { ...query, shapes: true }, shaped.slice(0, most));
  return {
    cautions: cautionLines({ answer, rows, window: query.window }),
    groupCount: shaped.length,
    groups: groupByGroup(running),
  };
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
