import type { DDSketchOptions } from '../sketch/ddsketch.js';

/**
 * How many samples of a series and interval are kept as they are. Beyond it they are folded into the sketch, so
 * that memory stays bounded whatever a sender does.
 */
export const maxRawSamples = 1024;

/** Most members of a set that are handed over themselves. */
export const maxKeptMembers = 1024;

/**
 * How samples are condensed into partials, and what is handed over beside them, for backends that ask for it.
 */
export interface CondensingOptions extends DDSketchOptions {
  /** Whether a distribution of up to `maxRawSamples` samples brings them along. */
  readonly keepsSamples?: boolean;
  /** Whether a set brings up to `maxKeptMembers` of its members along. */
  readonly keepsMembers?: boolean;
}

/** Samples in the order in which they came. */
export interface RawSamples {
  readonly values: Float64Array;
  /** What each stands for (1 / sampleRate); undefined when each stands for itself. */
  readonly weights: Float64Array | undefined;
}

/** Adds the samples as they came to what was made of them, when they are to be handed over. */
export function withSamples<P extends { readonly samples: number }>(
  partial: P,
  options: CondensingOptions,
  values: Float64Array,
  weights: Float64Array | undefined,
): P & { readonly raw?: RawSamples } {
  if (options.keepsSamples !== true) return partial;
  const { samples } = partial;
  return { ...partial, raw: { values: values.slice(0, samples), weights: weights?.slice(0, samples) } };
}

/** Both, one behind the other; undefined when they are too many, or one is not there. */
export function joinSamples(a: RawSamples | undefined, b: RawSamples | undefined): RawSamples | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a.values.length + b.values.length > maxRawSamples) return undefined;
  const values = Float64Array.of(...a.values, ...b.values);
  if (a.weights === undefined && b.weights === undefined) return { values, weights: undefined };
  return { values, weights: Float64Array.of(...weightsOf(a), ...weightsOf(b)) };
}

function weightsOf({ values, weights }: RawSamples): Float64Array {
  return weights ?? new Float64Array(values.length).fill(1);
}
