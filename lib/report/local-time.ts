import type { TimeWindow } from '../storage/store.js';

/** `2026-11-20` of the local zone. */
export function localDate(timeMs: number): string {
  const t = new Date(timeMs);
  return `${t.getFullYear()}-${two(t.getMonth() + 1)}-${two(t.getDate())}`;
}

export type Precision = 'minutes' | 'seconds' | 'milliseconds';

/** `14:05`, `14:05:09` or `14:05:09.250` of the local zone. */
export function localClock(timeMs: number, precision: Precision): string {
  const t = new Date(timeMs);
  const minutes = `${two(t.getHours())}:${two(t.getMinutes())}`;
  if (precision === 'minutes') return minutes;
  const seconds = `${minutes}:${two(t.getSeconds())}`;
  return precision === 'seconds' ? seconds : `${seconds}.${String(t.getMilliseconds()).padStart(3, '0')}`;
}

/** What it takes to write all of these instants without loss. */
export function precisionOf(timesMs: Iterable<number>): Precision {
  let precision: Precision = 'minutes';
  for (const timeMs of timesMs) {
    if (timeMs % 1000 !== 0) return 'milliseconds';
    if (timeMs % 60_000 !== 0) precision = 'seconds';
  }
  return precision;
}

/** The offset of the local zone at an instant: `UTC`, `UTC+01:00`. */
export function localZone(timeMs: number): string {
  const eastMinutes = -new Date(timeMs).getTimezoneOffset();
  if (eastMinutes === 0) return 'UTC';
  const minutes = Math.abs(eastMinutes);
  return `UTC${eastMinutes < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** A window in local time with its zone, to the second; what both ends share is written once. */
export function localWindow({ sinceMs, untilMs }: TimeWindow): string {
  const precision = precisionOf([sinceMs, untilMs]) === 'minutes' ? 'minutes' : 'seconds';
  const [sinceDate, untilDate] = [localDate(sinceMs), localDate(untilMs)];
  const [sinceZone, untilZone] = [localZone(sinceMs), localZone(untilMs)];
  const since = `${sinceDate} ${localClock(sinceMs, precision)}${sinceZone === untilZone ? '' : ` ${sinceZone}`}`;
  const until = `${sinceDate === untilDate ? '' : `${untilDate} `}${localClock(untilMs, precision)}`;
  return `${since} – ${until} ${untilZone}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
