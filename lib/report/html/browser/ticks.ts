import type { PageRow } from '../page-content.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const decades = Array.from({ length: 31 }, (_, i) => i - 15).flatMap((power) =>
  [1, 2, 5].map((digit) => Number(`${digit}e${power}`)),
);
/** Milliseconds: decades up to five seconds, then by the clock. */
const times = [
  ...decades.filter((ms) => ms <= 5_000),
  ...[10_000, 15_000, 30_000],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...decades.filter((n) => n >= 1).map((n) => n * day),
];
const powers = Array.from({ length: 80 }, (_, i) => 2 ** i);

/** How far apart the ticks of an axis may be, in the series' own unit: round numbers of what they are written in. */
export function incrementsOf({ kind, factor }: PageRow['unit']): { incrs?: number[] } {
  const bases = { time: times, bytes: powers }[kind as string];
  return bases === undefined ? {} : { incrs: bases.map((base) => base / factor) };
}
