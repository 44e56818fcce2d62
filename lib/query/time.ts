import { UsageError } from '../errors.js';
import type { TimeWindow } from '../storage/store.js';
import { parseSpokenDuration, parseSpokenTime } from './spoken-time.js';

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const latestMs = Date.UTC(10_000, 0, 1) - 1;
const defaultWindowMs = 3_600_000;

//                 2026     -11     -20      T  14     :05        :09         .5                Z or +01:00
const isoPattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?\s?(?:(Z)|([+-])(\d\d):?(\d\d)?)?$/i;

/** Milliseconds of a duration such as `90s`, `15m`, `1h30m` or `1.5d`; undefined when it is not one. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
    totalMs += Number(amount) * (unitMs[unit ?? ''] ?? 0);
  }
  return Math.round(totalMs);
}

/**
 * The instant that `--since` and `--until` name: `now`, a duration (so long before now), an ISO 8601 time
 * (local when it has no zone), a day or a time of day in words (`yesterday 14:00`), or Unix seconds.
 * Milliseconds since the epoch.
 */
export function parseInstant(option: string, text: string, nowMs: number): number {
  const words = text.trim();
  const durationMs = parseDuration(words) ?? parseSpokenDuration(words);
  if (words === 'now') return nowMs;
  // Further back than the epoch means "from the beginning".
  if (durationMs !== undefined) return Math.max(0, nowMs - durationMs);
  const instantMs = parseUnixSeconds(option, words) ?? parseIso(words) ?? parseSpokenTime(words, nowMs);
  if (instantMs === undefined || instantMs < 0 || instantMs > latestMs) {
    throw new UsageError(
      `${option}: cannot read ${JSON.stringify(text)} as a time; give a duration (90s, 15m, 1h, 7d, 2w), ` +
        'a day or a time of day (yesterday, monday 9:00, 14:00), ' +
        'an ISO time (2026-11-20T14:00, 2026-11-20T13:00Z), Unix seconds, or now',
    );
  }
  return instantMs;
}

/** The window of `--since` and `--until`. Without `since` it is the hour before `until`. */
export function parseWindow(since: string | undefined, until: string | undefined, nowMs: number): TimeWindow {
  const untilMs = parseInstant('--until', until ?? 'now', nowMs);
  const sinceMs =
    since === undefined ? Math.max(0, untilMs - defaultWindowMs) : parseInstant('--since', since, nowMs);
  if (sinceMs >= untilMs) {
    throw new UsageError(
      `--since (${new Date(sinceMs).toISOString()}) must be before --until (${new Date(untilMs).toISOString()})`,
    );
  }
  return { sinceMs, untilMs };
}

function parseUnixSeconds(option: string, text: string): number | undefined {
  if (!/^\d+(?:\.\d+)?$/.test(text)) return undefined;
  const seconds = Number(text);
  // A bare small number is far more often a duration without its unit than a day in the 1970s.
  if (seconds < 1e8) {
    throw new UsageError(`${option}: ${text} has no unit; give a duration such as ${text}s or ${text}m`);
  }
  return seconds * 1000;
}

function parseIso(text: string): number | undefined {
  const match = isoPattern.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [, , , , , , , fraction, zulu, sign, zoneHours, zoneMinutes] = match;
  const ms = Math.floor(Number(`0.${fraction ?? 0}`) * 1000);
  const midnight = new Date(Date.UTC(year, month - 1, day));
  const real = midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day;
  if (!real || hour > 23 || minute > 59 || second > 59) return undefined;
  if (zulu === undefined && sign === undefined) {
    return new Date(year, month - 1, day, hour, minute, second, ms).getTime();
  }
  const offsetMinutes = Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0);
  const eastMs = (sign === '-' ? -offsetMinutes : offsetMinutes) * 60_000;
  return Date.UTC(year, month - 1, day, hour, minute, second, ms) - eastMs;
}
