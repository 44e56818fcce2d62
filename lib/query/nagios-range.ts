import { UsageError } from '../errors.js';

/**
 * A range of the Nagios plugin guidelines: alert when the value is outside from `start` to `end`, or within
 * them when `inside`.
 */
export interface NagiosRange {
  readonly start: number;
  readonly end: number;
  readonly inside: boolean;
}

/**
 * `10` 0 to 10, `10:` from 10 on, `~:10` up to 10, `10:20`, `@10:20` alerts within. `read` reads each number.
 */
export function parseRange(
  option: string,
  text: string,
  read: (text: string) => number | undefined,
): NagiosRange {
  const match = /^(@?)(?:(~|[^:~]*):)?([^:]*)$/.exec(text.trim());
  const [, at, low, high = ''] = match ?? [];
  const start = low === undefined ? 0 : low === '~' ? Number.NEGATIVE_INFINITY : read(low);
  const end = high === '' && low !== undefined ? Number.POSITIVE_INFINITY : read(high);
  if (match === null || start === undefined || end === undefined || start > end) {
    throw new UsageError(
      `${option}: cannot read ${JSON.stringify(text)}; give a number (alert above it), or a range: 10: (below 10), ~:10, 10:20, @10:20 (within)`,
    );
  }
  return { start, end, inside: at === '@' };
}

export function alerts({ start, end, inside }: NagiosRange, value: number): boolean {
  const within = value >= start && value <= end;
  return inside ? within : !within;
}

/** As performance data has it; numbers times `factor`. */
export function rangeText({ start, end, inside }: NagiosRange, factor: number): string {
  const number = (value: number): string => String(Number((value * factor).toPrecision(12)));
  const low = start === 0 ? '' : start === Number.NEGATIVE_INFINITY ? '~:' : `${number(start)}:`;
  const high = end === Number.POSITIVE_INFINITY ? '' : number(end);
  return `${inside ? '@' : ''}${low === '' && high === '' ? '0:' : low}${high}`;
}
