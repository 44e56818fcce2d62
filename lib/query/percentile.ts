import { UsageError } from '../errors.js';

/** A percentile as asked for. */
export interface Percentile {
  /** As the user wrote it, without a leading `p`: `99.9`. */
  readonly label: string;
  /** In [0, 100]. */
  readonly percent: number;
}

export const defaultPercentiles = '50,90,95,99';

/** Reads a list such as `50,99,99.9`; a `p` in front of a number is allowed. */
export function parsePercentiles(text: string): Percentile[] {
  const found = new Map<number, Percentile>();
  for (const part of text.split(',')) {
    const label = part.trim().replace(/^p/i, '');
    const percent = Number(label);
    if (!/^\d+(\.\d+)?$/.test(label) || percent > 100) {
      throw new UsageError(
        `--percentiles: ${JSON.stringify(part)} is not a percentile; give numbers from 0 to 100, such as 50,99,99.9`,
      );
    }
    if (!found.has(percent)) found.set(percent, { label, percent });
  }
  return [...found.values()];
}
