import { UsageError } from '../errors.js';
import type { Change, Comparison } from './compare.js';
import { type Percentile, parsePercentiles } from './percentile.js';

/** A condition on a change, such as `p99 > +10%`. */
export interface FailIf {
  /** As it was written. */
  readonly text: string;
  readonly what: string;
  readonly above: boolean;
  readonly limit: number;
  /** Whether the limit is in per cent of the value before; otherwise it is in the figure's own unit. */
  readonly percent: boolean;
}

const form = /^(count|rate|mean|last|errors|p\d+(?:\.\d+)?)\s*([<>])\s*([+-]?\d+(?:\.\d+)?)\s*(%?)$/i;

export function parseFailIf(text: string): FailIf {
  const match = form.exec(text.trim());
  if (match === null) {
    throw new UsageError(
      `--fail-if: cannot read ${JSON.stringify(text)}; write a figure (count, rate, mean, last, errors, p99), ` +
        "> or <, and a change: 'p99 > +10%', 'errors > +0.5%', 'rate < -20%', 'p50 > +20'",
    );
  }
  const [, what = '', sign, limit, percent] = match;
  return {
    text,
    what: what.toLowerCase(),
    above: sign === '>',
    limit: Number(limit),
    percent: percent === '%',
  };
}

/** The percentiles that conditions need beside those that were asked for. */
export function withPercentilesOf(
  conditions: readonly FailIf[],
  percentiles: readonly Percentile[],
): readonly Percentile[] {
  const asked = percentiles.map(({ label }) => label);
  const more = conditions.filter(({ what }) => /^p\d/.test(what)).map(({ what }) => what.slice(1));
  return parsePercentiles([...asked, ...more].join(','));
}

/**
 * The change that breaks a condition, or undefined. A change that may be chance does not, unless `unclearToo`;
 * a figure that cannot be judged does.
 */
export function breakOf(
  { what, above, limit, percent }: FailIf,
  { changes }: Comparison,
  unclearToo: boolean,
): Change | undefined {
  return changes.find((change) => {
    if (!isOf(change, what) || (isDoubtful(change) && !unclearToo)) return false;
    const shift = change.after - change.before;
    const size = percent ? percentShift(change) : shift;
    return above ? size > limit : size < limit;
  });
}

/** Whether there is anything that a condition could be about. */
export function isAskedOf({ what }: FailIf, { changes }: Comparison): boolean {
  return changes.some((change) => isOf(change, what));
}

/** `p99` is `p99.0`, too. */
function isOf(change: Change, what: string): boolean {
  if (!/^p\d/.test(what)) return change.what === what;
  return Number(change.what.slice(1)) === Number(what.slice(1));
}

function isDoubtful({ verdict }: Change): boolean {
  return verdict === 'unclear' || verdict === 'drift';
}

/** Change in per cent of the value before; infinite from zero. For `errors`, a share, in points. */
export function percentShift({ what, before, after }: Change): number {
  if (what === 'errors') return (after - before) * 100;
  return after === before ? 0 : ((after - before) / Math.abs(before)) * 100;
}
