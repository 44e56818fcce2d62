import { UsageError } from '../errors.js';
import { parseDuration } from './time.js';

const figures = ['count', 'rate', 'sum', 'min', 'mean', 'max', 'last'] as const;
export type CheckFigure = (typeof figures)[number] | 'percentile';

/** What a check looks at: `api.latency p99 > 250 for 5m`. */
export interface CheckExpression {
  readonly pattern: string;
  readonly figure: CheckFigure;
  /** As it was written: `p99`. */
  readonly label: string;
  readonly percentile: string | undefined;
  readonly comparison: { readonly above: boolean; readonly limit: string } | undefined;
  readonly lengthMs: number;
  /** The length as it was written. */
  readonly length: string;
  /** `for`: all along that time; `over`: that time as a whole. */
  readonly allAlong: boolean;
}

const form =
  /^(\S+)\s+(count|rate|sum|min|mean|max|last|p\d+(?:\.\d+)?)(?:\s*([<>])\s*(\S+))?(?:\s+(for|over)\s+(\S+))?$/i;

export function parseCheck(text: string): CheckExpression {
  const match = form.exec(text.trim());
  const [, pattern = '', label = '', sign, limit = '', word, length = '5m'] = match ?? [];
  const lengthMs = parseDuration(length);
  const isPercentile = /^p\d/i.test(label);
  const isBeyond = isPercentile && Number(label.slice(1)) > 100;
  if (match === null || isBeyond || lengthMs === undefined || lengthMs <= 0) {
    throw new UsageError(
      `cannot read ${JSON.stringify(text)}; write NAME FIGURE [> LIMIT] [over 5m | for 5m], such as 'api.latency p99 > 250 for 5m'; ` +
        `figures are ${figures.join(', ')} and percentiles up to p100`,
    );
  }
  return {
    pattern,
    label: label.toLowerCase(),
    figure: isPercentile ? 'percentile' : (label.toLowerCase() as CheckFigure),
    percentile: isPercentile ? label.slice(1) : undefined,
    comparison: sign === undefined ? undefined : { above: sign === '>', limit },
    lengthMs,
    length,
    allAlong: word?.toLowerCase() === 'for',
  };
}
