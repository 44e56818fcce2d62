import { type Histogram, rangeTexts } from './histogram.js';
import { localClock, localDate } from './local-time.js';
import { pad, textWidth } from './text.js';
import type { Unit } from './units.js';

const shades = [' ', '░', '▒', '▓', '█'];
const timeMarkGap = 10;

/**
 * Buckets upwards, time to the right: the darker, the more of the values of that time. Each column is a step,
 * and is shaded by shares of its own, so that a quiet hour shows its shape as well as a busy one.
 *
 * @param timesMs start of each column, ascending; a time without a column of weights is left blank
 */
export function* heatMapLines(
  { edges, weights }: Histogram,
  timesMs: readonly number[],
  unit: Unit,
  width: number,
): Generator<string> {
  const ranges = rangeTexts(edges, unit);
  const rangeWidth = Math.max(...ranges.map(textWidth));
  const room = Math.max(timeMarkGap, width - rangeWidth - 3);
  const shown = weights.length > room ? weights.slice(-room) : weights;
  const times = timesMs.slice(-shown.length);
  const totals = shown.map((column) => column.reduce((sum, weight) => sum + weight, 0));
  const most = Math.max(...shown.map((column, i) => Math.max(...column) / (totals[i] || 1)));
  for (let bucket = ranges.length - 1; bucket >= 0; bucket -= 1) {
    const cells = shown.map((column, i) => shade((column[bucket] ?? 0) / (totals[i] || 1) / most));
    yield `${pad(ranges[bucket] ?? '', rangeWidth, 'right')} │${cells.join('')}`.trimEnd();
  }
  yield `${' '.repeat(rangeWidth)} └${'─'.repeat(shown.length)}`;
  yield `${' '.repeat(rangeWidth)}  ${timeAxis(times)}`.trimEnd();
  if (shown.length < weights.length) {
    yield `The last ${shown.length} of ${weights.length} steps: give a longer --step, or a wider terminal.`;
  }
}

/** Whatever is there at all is seen. */
function shade(share: number): string {
  if (!(share > 0)) return shades[0] as string;
  // The root tells the many middling shares apart.
  return shades[Math.max(1, Math.ceil(Math.sqrt(share) * (shades.length - 1)))] as string;
}

function timeAxis(timesMs: readonly number[]): string {
  const dated = new Set(timesMs.map(localDate)).size > 1;
  let axis = '';
  for (const [i, timeMs] of timesMs.entries()) {
    if (i < axis.length + (i > 0 ? 2 : 0)) continue;
    const date = dated ? `${localDate(timeMs).slice(5)} ` : '';
    axis = axis.padEnd(i) + date + localClock(timeMs, 'minutes');
  }
  return axis;
}
