import { UsageError } from '../errors.js';
import { nearestNames } from './nearest.js';

/**
 * The name of a time zone as the system spells it. Throws UsageError for one it does not know, with those that
 * may have been meant.
 */
export function parseTimeZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    const near = nearestNames(text, ['UTC', ...Intl.supportedValuesOf('timeZone')]);
    const hint =
      near.length === 0 ? 'give one such as Europe/Berlin or UTC' : `did you mean ${near.join(', ')}?`;
    throw new UsageError(`--time-zone: there is no time zone ${JSON.stringify(text)}; ${hint}`);
  }
}
