/** Handle of a pending timer; opaque to its owner. */
export type Timer = unknown;

/**
 * Where time comes from. Injected everywhere, so that specs can run a day in a millisecond.
 *
 * `now` is wall-clock time in milliseconds since the epoch and may step in either direction; `monotonic` is in
 * milliseconds from an arbitrary origin and never goes back.
 */
export interface Clock {
  now(): number;
  monotonic(): number;
  setTimer(callback: () => void, delayMs: number): Timer;
  clearTimer(timer: Timer): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  // Not performance.now(): its first use loads what takes a small report a thirtieth of its time.
  monotonic: () => {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1000 + nanoseconds / 1e6;
  },
  setTimer: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
};
