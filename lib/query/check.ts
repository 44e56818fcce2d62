import type { TimeWindow } from '../storage/store.js';
import type { CheckExpression } from './check-expression.js';
import { alerts, type NagiosRange } from './nagios-range.js';
import type { Row } from './row.js';
import { tagText } from './sort.js';
import type { Steps } from './steps.js';

/** States in the order of the Nagios plugin guidelines; the index is the exit code. */
export const checkStates = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;
export type CheckState = 0 | 1 | 2 | 3;

export interface Thresholds {
  readonly warning: NagiosRange | undefined;
  readonly critical: NagiosRange | undefined;
}

/** What a check found of one series. */
export interface Finding {
  /** Any of the series' rows: for its name, type and tags. */
  readonly row: Row;
  readonly state: CheckState;
  readonly value: number;
}

const mostSteps = 60;
const leastStepMs = 60_000;

/** The parts in which `for` looks at a window: all as long, none cut. */
export interface CheckParts {
  readonly steps: Steps;
  readonly count: number;
}

/** A minute each, or a bucket where that is longer, and at most sixty. */
export function checkParts({ sinceMs, untilMs }: TimeWindow, bucketMs: number): CheckParts {
  const lengthMs = untilMs - sinceMs;
  const count = Math.min(mostSteps, Math.max(1, Math.floor(lengthMs / Math.max(leastStepMs, bucketMs))));
  // By index and never by adding up, so that the start of a step finds its own step.
  const at = (index: number): number => sinceMs + Math.floor((index * lengthMs) / count);
  const indexOf = (timeMs: number): number => {
    const index = Math.floor(((timeMs - sinceMs) * count) / lengthMs);
    return timeMs >= at(index + 1) ? index + 1 : index;
  };
  return {
    count,
    steps: { startOf: (timeMs) => at(indexOf(timeMs)), endOf: (startMs) => at(indexOf(startMs) + 1) },
  };
}

/**
 * Judges each series. With several rows a series, one a step, its state is the mildest of them, and its value
 * that of the latest step of that state: a limit must be passed all along. A step without values is not passed.
 *
 * @param thresholdsOf the limits in the series' own unit
 * @param stepCount how many rows a series has when none is missing
 */
export function findingsOf(
  rows: readonly Row[],
  { figure }: Pick<CheckExpression, 'figure'>,
  thresholdsOf: (row: Row) => Thresholds,
  stepCount: number,
): Finding[] {
  const bySeries = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.type, row.name, tagText(row)]);
    const own = bySeries.get(key) ?? [];
    own.push(row);
    bySeries.set(key, own);
  }
  return [...bySeries.values()].flatMap((own) => {
    const judged = own.flatMap((row): Finding[] => {
      const value = figure === 'percentile' ? row.percentiles?.[0] : row[figure];
      return value === undefined || Number.isNaN(value)
        ? []
        : [{ row, state: stateOf(value, thresholdsOf(row)), value }];
    });
    const last = judged.at(-1);
    if (last === undefined) return [];
    const mildest = Math.min(...judged.map(({ state }) => state));
    if (judged.length < stepCount && mildest > 0) return [{ ...last, state: 0 }];
    return [judged.findLast(({ state }) => state === mildest) ?? last];
  });
}

function stateOf(value: number, { warning, critical }: Thresholds): CheckState {
  if (critical !== undefined && alerts(critical, value)) return 2;
  return warning !== undefined && alerts(warning, value) ? 1 : 0;
}
