const bars = '▁▂▃▄▅▆▇█';

/**
 * Values as a line of bars, one a character: from nothing (or the least value, where `fromZero` is false) up to
 * the greatest. What is not known is a blank.
 */
export function spark(values: readonly number[], fromZero: boolean): string {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return '';
  const least = Math.min(...known);
  const low = fromZero ? Math.min(0, least) : least;
  const span = Math.max(...known) - low;
  return values.map((value) => (Number.isNaN(value) ? ' ' : barOf((value - low) / span))).join('');
}

/** @param share of the full height; NaN where all values are one */
function barOf(share: number): string {
  if (Number.isNaN(share)) return bars.charAt(0);
  return bars.charAt(Math.min(bars.length - 1, Math.floor(share * bars.length)));
}
