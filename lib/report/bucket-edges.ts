import type { Unit } from './units.js';

/** How values are divided into buckets: in equal steps, or in steps that grow with the values. */
export type BucketScale = 'linear' | 'log';

export interface Buckets {
  readonly scale: BucketScale;
  /** Ascending: bucket i holds the values from edge i up to, not including, edge i + 1. */
  readonly edges: readonly number[];
}

export interface Spread {
  readonly min: number;
  readonly max: number;
  /** The least value above zero. */
  readonly leastPositive: number;
}

/** From this ratio of the greatest to the least value on, equal steps would put nearly all into one bucket. */
const logRatio = 50;

/** Where the buckets of a decade begin, or of an octave for bytes; the finest that fit are taken. */
const decimalMarks = [
  [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8],
  [1, 1.5, 2, 3, 5, 7],
  [1, 2, 5],
  [1, 3],
];
const binaryMarks = [
  [1, 1.25, 1.5, 1.75],
  [1, 1.5],
];

/**
 * Round bucket edges around values, at most so many buckets. Bytes are cut at powers of two, all else at round
 * decimal numbers. Zeros below logarithmic buckets get one bucket of their own.
 */
export function bucketsFor({ min, max, leastPositive }: Spread, unit: Unit, most: number): Buckets {
  if (min === max) return { scale: 'linear', edges: [min, max] };
  if (min < 0 || max / leastPositive < logRatio)
    return { scale: 'linear', edges: linearEdges(min, max, unit, most) };
  if (min > 0) return { scale: 'log', edges: logEdges(min, max, unit, most) };
  return { scale: 'log', edges: [0, ...logEdges(leastPositive, max, unit, most - 1)] };
}

function linearEdges(min: number, max: number, unit: Unit, most: number): number[] {
  const step = linearSteps(unit, (max - min) / most).find((one) => bucketCount(min, max, one) <= most);
  const width = step ?? max - min;
  const first = Math.floor(min / width);
  return Array.from({ length: bucketCount(min, max, width) + 1 }, (_, i) => roundOff((first + i) * width));
}

function bucketCount(min: number, max: number, width: number): number {
  // The addend: 0.0031 / 0.00005 is 61.99999999999999.
  return Math.floor(max / width + 1e-9) - Math.floor(min / width) + 1;
}

function linearSteps({ kind }: Unit, least: number): number[] {
  if (kind === 'bytes') {
    const power = Math.floor(Math.log2(least));
    return [0, 1, 2, 3].map((i) => 2 ** (power + i));
  }
  const power = Math.floor(Math.log10(least));
  return [0, 1, 2].flatMap((i) => [1, 2, 5].map((mark) => roundOff(mark * 10 ** (power + i))));
}

function logEdges(min: number, max: number, { kind }: Unit, most: number): number[] {
  const [base, marks] = kind === 'bytes' ? [2, binaryMarks] : [10, decimalMarks];
  for (const own of marks) {
    const edges = edgesAt(min, max, base, own, 1);
    if (edges.length <= most + 1) return edges;
  }
  for (let stride = 1; ; stride += 1) {
    const edges = edgesAt(min, max, base, [1], stride);
    if (edges.length <= most + 1) return edges;
  }
}

/** From the last mark at or below the least value to the first one above the greatest. */
function edgesAt(min: number, max: number, base: number, marks: readonly number[], stride: number): number[] {
  const first = Math.floor(Math.log(min) / Math.log(base) / stride) - 1;
  const last = Math.ceil(Math.log(max) / Math.log(base) / stride) + 1;
  const edges: number[] = [];
  for (let power = first; power <= last; power += 1) {
    for (const mark of marks) edges.push(roundOff(mark * base ** (power * stride)));
  }
  const from = edges.findLastIndex((edge) => edge <= min);
  const to = edges.findIndex((edge) => edge > max);
  return edges.slice(Math.max(0, from), to < 0 ? edges.length : to + 1);
}

/** 3 · 0.1 is 0.30000000000000004. */
function roundOff(value: number): number {
  return Number(value.toPrecision(12));
}
