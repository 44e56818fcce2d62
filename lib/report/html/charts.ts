import type { Percentile } from '../../query/percentile.js';
import type { Row } from '../../query/row.js';
import type { Steps } from '../../query/steps.js';
import type { TimeWindow } from '../../storage/store.js';
import { tagsText } from '../columns.js';
import { printable } from '../text.js';
import { unitOf } from '../units.js';
import { heatMapOf } from './heat-map.js';
import type { PageChart } from './page-content.js';

/** Spans that people count in, in milliseconds, and as `--step` writes them. */
const niceSteps: readonly (readonly [ms: number, text: string])[] = [
  [1_000, '1s'],
  [2_000, '2s'],
  [5_000, '5s'],
  [10_000, '10s'],
  [15_000, '15s'],
  [30_000, '30s'],
  [60_000, '1m'],
  [120_000, '2m'],
  [300_000, '5m'],
  [600_000, '10m'],
  [900_000, '15m'],
  [1_800_000, '30m'],
  [3_600_000, '1h'],
  [10_800_000, '3h'],
  [21_600_000, '6h'],
  [43_200_000, '12h'],
  [86_400_000, '1d'],
  [604_800_000, '1w'],
];

const mostSteps = 120;

/** The step of the charts of a window: no finer than the buckets, and not more than fit a screen. */
export function chartStep({ sinceMs, untilMs }: TimeWindow, bucketMs: number): string {
  const leastMs = Math.max(bucketMs, (untilMs - sinceMs) / mostSteps);
  return niceSteps.find(([ms]) => ms >= leastMs)?.[1] ?? '1mo';
}

/**
 * The chart of one series, from its rows by step in order of time.
 *
 * @param window the part that is drawn; steps without a row are left blank
 */
export function chartOf(
  rows: readonly Row[],
  percentiles: readonly Percentile[],
  window: TimeWindow,
  steps: Steps,
): PageChart | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const byTime = new Map(rows.map((row) => [row.timeMs, row]));
  const startsMs = startsOf(window, steps);
  const ordered = startsMs.map((timeMs) => byTime.get(timeMs));
  const sampled = first.type === 'timer' || first.type === 'distribution';
  const heat = sampled ? heatMapOf(ordered.map((row) => row?.shape)) : undefined;
  const [start = 0] = startsMs;
  return {
    title: printable(first.name),
    subtitle: [first.type, tagsText(first.tags)].filter((text) => text !== '').join(' · '),
    unit: first.type === 'set' ? { kind: 'number', factor: 1 } : unitOf(first.name, first.type),
    perSecond: first.type === 'counter',
    times: startsMs.map((timeMs) => timeMs / 1000),
    stepSeconds: (steps.endOf(start) - start) / 1000,
    lines: linesOf(first, percentiles).map(([label, value]) => ({
      label,
      values: ordered.map((row) => finite(row && value(row))),
    })),
    banded: first.type !== 'counter' && first.type !== 'set',
    ...(heat && { heat }),
  };
}

function startsOf({ sinceMs, untilMs }: TimeWindow, steps: Steps): number[] {
  const starts: number[] = [];
  for (let ms = steps.startOf(sinceMs); ms < untilMs; ms = steps.endOf(ms)) starts.push(ms);
  return starts;
}

type Line = readonly [label: string, value: (row: Row) => number | undefined];

function linesOf({ type }: Row, percentiles: readonly Percentile[]): Line[] {
  switch (type) {
    case 'counter':
      return [['rate', (row) => row.rate]];
    case 'set':
      return [['distinct', (row) => row.count]];
    case 'gauge':
      return [
        ['min', (row) => row.min],
        ['mean', (row) => row.mean],
        ['max', (row) => row.max],
      ];
    default:
      return percentiles
        .map(({ label, percent }, i): Line & { percent: number } =>
          Object.assign([`p${label}`, (row: Row) => row.percentiles?.[i]] as const, { percent }),
        )
        .sort((a, b) => a.percent - b.percent);
  }
}

/** JSON has no NaN; six digits are more than a screen shows. */
function finite(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Number(value.toPrecision(6));
}
