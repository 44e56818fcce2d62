import type { Shape } from './shape.js';

/** What a figure lies between at the confidence of a judgement; infinite where nothing can be said. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The probability that each interval misses the truth. Two that do not touch are far rarer than that by chance.
 */
export const missProbability = 0.01;
/** The standard normal distribution is within this with a probability of 1 - missProbability. */
export const normalBound = 2.5758293;

/** With a greater variance than this the binomial distribution is as good as normal. */
const greatVariance = 1_000;

/**
 * The confidence interval of a percentile from order statistics (David and Nagaraja, Order Statistics, 7.1):
 * how many of n samples are up to the true percentile is binomially distributed, whatever the distribution of
 * the values. It is what a bootstrap of the percentile would find with endless resampling, without the dice.
 * The sketch's error is added on either side.
 *
 * @param share of the effective samples that is independent
 */
export function percentileInterval(shape: Shape, percent: number, share = 1): Interval {
  const size = Math.floor(shape.effectiveSamples * share);
  const { below, upTo } = rankBounds(size, percent / 100);
  const at = (rank: number): number => {
    if (rank < 1) return Number.NEGATIVE_INFINITY;
    if (rank > size) return Number.POSITIVE_INFINITY;
    // A little more than the rank: the product that the quantile makes of it may round down.
    return shape.quantile(Math.min(100, (100 * (rank - 1 + 1e-6)) / Math.max(1, size - 1)));
  };
  return widened({ low: at(below), high: at(upTo) }, shape.relativeAccuracy);
}

/** Ranks, counted from 1, between which the quantile q lies; 0 and size + 1 where no sample bounds it. */
export function rankBounds(size: number, q: number): { readonly below: number; readonly upTo: number } {
  const tail = missProbability / 2;
  const variance = size * q * (1 - q);
  if (variance > greatVariance) {
    const reach = normalBound * Math.sqrt(variance);
    return { below: Math.floor(size * q - reach), upTo: Math.ceil(size * q + reach) + 1 };
  }
  if (q === 0 || q === 1) return { below: 0, upTo: size + 1 };
  if (q > 0.5) {
    // Counted from the nearer end, which has fewer terms.
    const mirrored = rankBounds(size, 1 - q);
    return { below: size + 1 - mirrored.upTo, upTo: size + 1 - mirrored.below };
  }
  let sum = 0;
  let below = 0;
  let upTo = size + 1;
  for (let k = 0; k <= size; k += 1) {
    sum += binomial(size, q, k);
    // Up to `k` with at most the tail's probability: the quantile is hardly below rank k + 1.
    if (sum <= tail) below = k + 1;
    if (1 - sum <= tail) {
      upTo = k + 1;
      break;
    }
  }
  return { below, upTo };
}

/** The interval of a share of n, after Wilson (1927). */
export function shareInterval(hits: number, n: number): Interval {
  const z2 = normalBound ** 2;
  const share = hits / n;
  const middle = (share + z2 / (2 * n)) / (1 + z2 / n);
  const reach = (normalBound / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return { low: Math.max(0, middle - reach), high: Math.min(1, middle + reach) };
}

/** The interval of a rate of events that come independently of each other (Poisson), by its square root. */
export function rateInterval(events: number, rate: number): Interval {
  const root = Math.sqrt(events);
  const [low, high] = [Math.max(0, root - normalBound / 2), root + normalBound / 2];
  const scale = events === 0 ? 0 : rate / events;
  return { low: low * low * scale, high: high * high * scale };
}

/**
 * The greatest distance of two cumulative distributions of equal accuracy, and the distance that chance alone
 * reaches with `missProbability` (the two-sample test of Kolmogorov and Smirnov, whose bound follows from the
 * inequality of Dvoretzky, Kiefer and Wolfowitz). Bins hide distance and never add any.
 */
export function shapeDistance(
  a: Shape,
  b: Shape,
  share = 1,
): { readonly distance: number; readonly byChance: number } {
  const steps = [...cumulated(a, 1), ...cumulated(b, -1)].sort((x, y) => x.value - y.value);
  let difference = 0;
  let distance = 0;
  for (const [i, { value, share }] of steps.entries()) {
    difference += share;
    if (steps[i + 1]?.value !== value) distance = Math.max(distance, Math.abs(difference));
  }
  const [n, m] = [a.effectiveSamples * share, b.effectiveSamples * share];
  const byChance = Math.sqrt((-Math.log(missProbability / 2) / 2) * ((n + m) / (n * m)));
  return { distance, byChance };
}

function cumulated(shape: Shape, sign: number): { value: number; share: number }[] {
  return [...shape.bins()].map(({ high, weight }) => ({ value: high, share: (sign * weight) / shape.count }));
}

function binomial(n: number, q: number, k: number): number {
  return Math.exp(logChoose(n, k) + k * Math.log(q) + (n - k) * Math.log1p(-q));
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** Stirling's series; the shortest ones added up. */
function logFactorial(n: number): number {
  if (n < 16) {
    let sum = 0;
    for (let i = 2; i <= n; i += 1) sum += Math.log(i);
    return sum;
  }
  const x = n + 1;
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + 1 / (12 * x) - 1 / (360 * x ** 3);
}

function widened({ low, high }: Interval, relativeAccuracy: number): Interval {
  return {
    low: low >= 0 ? low / (1 + relativeAccuracy) : low / (1 - relativeAccuracy),
    high: high >= 0 ? high / (1 - relativeAccuracy) : high / (1 + relativeAccuracy),
  };
}
