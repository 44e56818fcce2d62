import { readFileSync } from 'node:fs';
import { PerformanceObserver, performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** One turn of the event loop's timer: when, by `performance.now()`, and how long the thread was at work in it. */
interface Turn {
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly ownMs: number;
}

/** Long turns that are remembered: garbage is told of later. */
const shortestMs = 2;

/**
 * The longest time that the main thread was at work in one go, in milliseconds of its own: what other programs take
 * of the machine in between is not in it, as it is in the delay of an event loop. Linux only; elsewhere it is wall
 * time.
 */
export class LongestBlock {
  private readonly timer = setInterval(() => this.note(), 1);
  private readonly turns: Turn[] = [];
  private readonly pauses: { readonly startMs: number; readonly durationMs: number }[] = [];
  private readonly observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      this.pauses.push({ startMs: startTime, durationMs: duration });
    }
  });
  private lastMs = ownMs();
  private lastAtMs = performance.now();

  constructor() {
    this.observer.observe({ entryTypes: ['gc'] });
  }

  /** The length of the longest, and the wall time of the collections of garbage in it. */
  async stop(): Promise<{ readonly longestMs: number; readonly garbageMs: number }> {
    clearInterval(this.timer);
    this.note();
    // Collections of garbage are told of in a turn of their own, and to the observer in the next.
    for (let turn = 0; turn < 3; turn += 1) await nextTurn();
    this.observer.disconnect();
    const none: Turn = { sinceMs: 0, untilMs: 0, ownMs: 0 };
    const longest = this.turns.reduce((a, b) => (b.ownMs > a.ownMs ? b : a), none);
    const within = this.pauses.filter(
      ({ startMs, durationMs }) => startMs < longest.untilMs && startMs + durationMs > longest.sinceMs,
    );
    return {
      longestMs: longest.ownMs,
      garbageMs: within.reduce((sum, { durationMs }) => sum + durationMs, 0),
    };
  }

  private note(): void {
    const nowMs = ownMs();
    const atMs = performance.now();
    const turn = { sinceMs: this.lastAtMs, untilMs: atMs, ownMs: nowMs - this.lastMs };
    if (turn.ownMs >= shortestMs) this.turns.push(turn);
    this.lastMs = nowMs;
    this.lastAtMs = atMs;
  }
}

/** The process's first thread is the main one. */
function ownMs(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
}
