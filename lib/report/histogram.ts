import type { Shape } from '../query/shape.js';
import { type Buckets, bucketsFor, type Spread } from './bucket-edges.js';
import { digits, plainNumber, quantity } from './numbers.js';
import { pad } from './text.js';
import type { Unit } from './units.js';

/** The shapes' values in buckets that suit all of them together. */
export interface Histogram extends Buckets {
  /** For each shape the weight in each bucket. */
  readonly weights: readonly (readonly number[])[];
}

export const mostBuckets = 20;
const widestBar = 60;
const narrowestBar = 10;

/**
 * A sketch knows a value within its relative accuracy: so near to an edge, a value may be counted on its other
 * side.
 */
export function histogramOf(shapes: readonly Shape[], unit: Unit, most = mostBuckets): Histogram {
  const buckets = bucketsFor(spreadOf(shapes), unit, most);
  return { ...buckets, weights: shapes.map((shape) => weightsOf(shape, buckets.edges)) };
}

function spreadOf(shapes: readonly Shape[]): Spread {
  const min = Math.min(...shapes.map((shape) => shape.min));
  const max = Math.max(...shapes.map((shape) => shape.max));
  let leastPositive = min > 0 ? min : max;
  if (min === 0) {
    for (const shape of shapes) {
      for (const { high, low } of shape.bins()) {
        if (high <= 0) continue;
        leastPositive = Math.min(leastPositive, low || high);
        break;
      }
    }
  }
  return { min, max, leastPositive };
}

function weightsOf(shape: Shape, edges: readonly number[]): number[] {
  const weights = new Array<number>(edges.length - 1).fill(0);
  let bucket = 0;
  for (const { low, high, weight } of shape.bins()) {
    const middle = Math.min(shape.max, Math.max(shape.min, low + (high - low) / 2));
    while (bucket < weights.length - 1 && middle >= (edges[bucket + 1] ?? 0)) bucket += 1;
    weights[bucket] = (weights[bucket] ?? 0) + weight;
  }
  return weights;
}

/**
 * A line a bucket: its range, its weight, its share, the share up to its end, and a bar. Where there is no room for the bar the
 * numbers go, the last first.
 */
export function* histogramLines(
  { edges, weights: [weights = []] }: Histogram,
  unit: Unit,
  width: number,
): Generator<string> {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const most = Math.max(...weights);
  const ranges = rangeTexts(edges, unit);
  let below = 0;
  const rows = weights.map((weight, i) => {
    below += weight;
    return [ranges[i] ?? '', plainNumber(weight), percent(weight / total), percent(below / total)];
  });
  const headings = ['RANGE', 'COUNT', 'SHARE', 'UP TO'];
  const widths = headings.map((heading, c) =>
    Math.max(heading.length, ...rows.map((row) => row[c]?.length ?? 0)),
  );
  const roomBeside = (): number => width - widths.reduce((sum, own) => sum + own + 2, 0);
  while (roomBeside() < narrowestBar && widths.length > 1) widths.pop();
  const text = (cells: readonly string[]): string =>
    widths.map((own, c) => pad(cells[c] ?? '', own, 'right')).join('  ');
  yield text(headings);
  const longest = Math.max(narrowestBar, Math.min(widestBar, roomBeside()));
  for (const [i, row] of rows.entries()) {
    yield `${text(row)}  ${bar(((weights[i] ?? 0) / most) * longest)}`.trimEnd();
  }
}

/** `10 – 20 ms`: the unit of the lower edge only where it is another one. */
export function rangeTexts(edges: readonly number[], unit: Unit): string[] {
  const texts = edges.map((edge) => quantity(edge, unit));
  if (edges.length === 2 && edges[0] === edges[1]) return texts.slice(1);
  return texts.slice(1).map((high, i) => {
    const low = texts[i] ?? '';
    const [number = '', name = ''] = low.split(' ');
    return `${high.endsWith(` ${name}`) || edges[i] === 0 ? number : low} – ${high}`;
  });
}

/** In eighths of a character; what is there at all is seen. */
function bar(length: number): string {
  const eighths = length > 0 ? Math.max(1, Math.round(length * 8)) : 0;
  const rest = eighths % 8;
  return '█'.repeat(Math.floor(eighths / 8)) + (rest > 0 ? String.fromCodePoint(0x2590 - rest) : '');
}

function percent(share: number): string {
  return `${digits(Number((share * 100).toPrecision(3)))} %`;
}
