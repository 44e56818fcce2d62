import type { Clock, Timer } from '../../lib/clock.js';

interface Pending {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A clock that moves only when told to. Timers run in the order they fall due. */
export class FakeClock implements Clock {
  private wallMs: number;
  private elapsedMs = 0;
  private readonly pending = new Set<Pending>();

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.wallMs = startMs;
  }

  now(): number {
    return this.wallMs;
  }

  monotonic(): number {
    return this.elapsedMs;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const timer: Pending = { dueMs: this.elapsedMs + Math.max(0, delayMs), callback };
    this.pending.add(timer);
    return timer;
  }

  clearTimer(timer: Timer): void {
    this.pending.delete(timer as Pending);
  }

  /** Lets time pass and runs what falls due on the way. */
  advance(ms: number): void {
    const end = this.elapsedMs + ms;
    for (;;) {
      const next = [...this.pending].filter((t) => t.dueMs <= end).sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined) break;
      this.pending.delete(next);
      this.pass(next.dueMs - this.elapsedMs);
      next.callback();
    }
    this.pass(end - this.elapsedMs);
  }

  /** Moves the wall clock without time passing, as an administrator or NTP does. */
  step(ms: number): void {
    this.wallMs += ms;
  }

  private pass(ms: number): void {
    this.elapsedMs += ms;
    this.wallMs += ms;
  }
}
