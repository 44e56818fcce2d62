import { UsageError } from '../errors.js';
import type { TimeWindow } from '../storage/store.js';
import { parseDuration, parseInstant, parseWindow } from './time.js';

export interface WindowOptions {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly against?: string | undefined;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly for?: string | undefined;
}

const defaultLengthMs = 3_600_000;

/**
 * The two windows to compare: `since` to `until` and the same earlier by `against`, or `for` so long up to
 * `before` and from `after` on. Of `before` and `after` one may be left out: they are the same instant then.
 */
export function compareWindows(
  options: WindowOptions,
  nowMs: number,
): { readonly before: TimeWindow; readonly after: TimeWindow } {
  const isDeploy = options.before !== undefined || options.after !== undefined;
  if (isDeploy === (options.against !== undefined)) {
    throw new UsageError(
      'say what to compare with: --against 1d (the same time a day earlier), or --before TIME and --after TIME',
    );
  }
  return isDeploy ? aroundDeploy(options, nowMs) : shifted(options, nowMs);
}

function shifted(options: WindowOptions, nowMs: number): { before: TimeWindow; after: TimeWindow } {
  if (options.for !== undefined)
    throw new UsageError('--for goes with --before and --after; give --since instead');
  const after = parseWindow(options.since, options.until, nowMs);
  const backMs = length('--against', options.against ?? '');
  if (backMs > after.sinceMs)
    throw new UsageError(`--against: ${options.against} is before the beginning of time`);
  return { before: { sinceMs: after.sinceMs - backMs, untilMs: after.untilMs - backMs }, after };
}

function aroundDeploy(options: WindowOptions, nowMs: number): { before: TimeWindow; after: TimeWindow } {
  if (options.since !== undefined || options.until !== undefined) {
    throw new UsageError('--since and --until go with --against; --before and --after take --for 30m');
  }
  const lengthMs = options.for === undefined ? defaultLengthMs : length('--for', options.for);
  const endMs = parseInstant('--before', options.before ?? options.after ?? '', nowMs);
  const startMs = parseInstant('--after', options.after ?? options.before ?? '', nowMs);
  if (startMs < endMs) throw new UsageError('--after must not be earlier than --before');
  if (startMs >= nowMs) throw new UsageError('--after must be in the past: there is nothing to compare yet');
  return {
    before: { sinceMs: Math.max(0, endMs - lengthMs), untilMs: endMs },
    after: { sinceMs: startMs, untilMs: Math.min(nowMs, startMs + lengthMs) },
  };
}

function length(option: string, text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new UsageError(
    `${option}: cannot read ${JSON.stringify(text)} as a length of time; give one such as 30m, 1h, 1d or 7d`,
  );
}
