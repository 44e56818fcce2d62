import { type Load, lostPercent, type Measured, measureOn } from './measure.js';
import type { Target } from './targets.js';

/** Seconds of each trial. */
const trialSeconds = 0.6;
const trials = 4;
/** Seconds that the rate found is held. */
const heldSeconds = 3;
/** A rate below this part of what is handled flat out is not looked for. */
const lowestPart = 1 / 8;
const stepDown = 0.85;
const mostStepsDown = 3;

export interface HighestRate {
  /** What was sent for three seconds without a datagram being dropped; undefined when no rate was found. */
  readonly lossless: Measured | undefined;
  /** What was handled when more was sent than could be. */
  readonly overdriven: Measured;
}

/** The rate at which a running server still loses nothing: by halving, then held for three seconds. */
export async function highestRate(
  target: Target,
  shape: Omit<Load, 'rate' | 'seconds'>,
): Promise<HighestRate> {
  const at = (rate: number, seconds: number) => measureOn(target, { ...shape, rate, seconds });
  const overdriven = await at(0, trialSeconds);
  let high = Math.max(overdriven.handledPerSecond, 1000);
  let low = high * lowestPart;
  for (let trial = 0; trial < trials; trial += 1) {
    const rate = trial === 0 ? high : Math.sqrt(low * high);
    if (lostPercent(await at(Math.round(rate), trialSeconds)) === 0) low = rate;
    else high = rate;
    if (low === high) break;
  }
  for (let step = 0, rate = low; step < mostStepsDown; step += 1, rate *= stepDown) {
    const held = await at(Math.round(rate), heldSeconds);
    if (lostPercent(held) === 0) return { lossless: held, overdriven };
  }
  return { lossless: undefined, overdriven };
}
