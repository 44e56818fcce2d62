import type { Shape } from '../../query/shape.js';
import type { HeatMap } from './page-content.js';

const cellCount = 32;

/**
 * Puts the shapes of steps into cells of equal ratio, or of equal width where values reach zero or below. A bin
 * counts in the cell where its middle lies.
 *
 * @param shapes by step; undefined where there were no points
 */
export function heatMapOf(shapes: readonly (Shape | undefined)[]): HeatMap | undefined {
  const known = shapes.filter((shape) => shape !== undefined);
  if (known.length === 0) return undefined;
  const edges = edgesOf(Math.min(...known.map(({ min }) => min)), Math.max(...known.map(({ max }) => max)));
  const weights = shapes.map((shape) => weightsOf(shape, edges));
  const fullest = Math.max(...weights.flat());
  return { edges, cells: weights.map((cells) => cells.map((w) => Math.ceil((w / fullest) * 1000))) };
}

function edgesOf(min: number, max: number): number[] {
  const logarithmic = min > 0;
  const low = logarithmic ? Math.log(min) : min;
  // Where all values are one, a cell around it.
  const span = (logarithmic ? Math.log(max) : max) - low || Math.abs(low) / 10 || 1;
  const edge = (i: number): number => low + (span * i) / cellCount;
  return Array.from({ length: cellCount + 1 }, (_, i) => {
    const value = logarithmic ? Math.exp(edge(i)) : edge(i);
    return Number(value.toPrecision(6));
  });
}

function weightsOf(shape: Shape | undefined, edges: readonly number[]): number[] {
  const cells = Array.from({ length: cellCount }, () => 0);
  for (const { low, high, weight } of shape?.bins() ?? []) {
    const middle = (low + high) / 2;
    const after = edges.findIndex((edge) => edge > middle);
    const cell = Math.min(cellCount - 1, Math.max(0, (after < 0 ? edges.length : after) - 1));
    cells[cell] = (cells[cell] as number) + weight;
  }
  return cells;
}
