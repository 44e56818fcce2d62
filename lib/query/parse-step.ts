import { UsageError } from '../errors.js';
import { localDays, localHours, localMonths, localWeeks } from './local-steps.js';
import { equalSteps, type Steps } from './steps.js';
import { parseDuration } from './time.js';

const dayMs = 86_400_000;

const words: Readonly<Record<string, string>> = {
  minute: '1m',
  hour: '1h',
  day: '1d',
  week: '1w',
  month: '1mo',
  quarter: '3mo',
  year: '1y',
};

/**
 * The spans of `--step`. Days, weeks, months and years are those of the local calendar; what divides a day
 * starts at local midnight; any other length starts at its multiples since the epoch. Throws UsageError.
 */
export function parseStep(text: string): Steps {
  const spelling = words[text] ?? text;
  const [, count, unit] = /^([1-9]\d{0,3})(d|w|mo|y)$/.exec(spelling) ?? [];
  switch (unit) {
    case 'd':
      return localDays(Number(count));
    case 'w':
      return localWeeks(Number(count));
    case 'mo':
      return localMonths(Number(count));
    case 'y':
      return localMonths(Number(count) * 12);
  }
  const stepMs = parseDuration(spelling);
  if (stepMs === undefined || stepMs < 1) {
    throw new UsageError(
      `--step: cannot read ${JSON.stringify(text)} as a length of time; give one such as 30s, 5m, 1h, 1d, 1w or 1mo`,
    );
  }
  return stepMs < 1000 || dayMs % stepMs !== 0 ? equalSteps(stepMs) : localHours(stepMs);
}
