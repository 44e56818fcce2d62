import type { Clock } from '../clock.js';
import { plainNumber } from '../report/numbers.js';
import type { Terminal } from './report.js';

const quietMs = 1000;
const refreshMs = 100;

/** Tells whoever waits at a terminal that the report is under way, once it takes more than a second. */
export class Progress {
  private readonly beganMs: number;
  private shownMs = 0;
  private points = 0;

  constructor(
    private readonly terminal: Terminal,
    private readonly clock: Clock,
  ) {
    this.beganMs = clock.monotonic();
  }

  add(points: number): void {
    this.points += points;
    const nowMs = this.clock.monotonic();
    if (nowMs - this.beganMs < quietMs || nowMs - this.shownMs < refreshMs) return;
    this.shownMs = nowMs;
    this.terminal.progress?.(`reading: ${plainNumber(this.points)} points`);
  }

  end(): void {
    if (this.shownMs > 0) this.terminal.progress?.('');
  }
}
