import { readFileSync } from 'node:fs';

/**
 * The longest time that the main thread was at work in one go, in milliseconds of its own: what other programs take
 * of the machine in between is not in it, as it is in the delay of an event loop. Linux only; elsewhere it is wall
 * time.
 */
export class LongestBlock {
  private readonly timer = setInterval(() => this.note(), 1);
  private longestMs = 0;
  private lastMs = ownMs();

  stop(): number {
    clearInterval(this.timer);
    this.note();
    return this.longestMs;
  }

  private note(): void {
    const nowMs = ownMs();
    this.longestMs = Math.max(this.longestMs, nowMs - this.lastMs);
    this.lastMs = nowMs;
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
