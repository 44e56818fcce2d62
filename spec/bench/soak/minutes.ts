import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../support/source-files.js';

const minuteMs = 60_000;
/** What a server heard in the last interval of a minute is written soon after. */
const writtenAfterMs = 25_000;

/** What the database said of all the minutes asked about. */
export interface Found {
  counted: number;
  received: number;
  dropped: number;
  /** Wall time of the slowest report. */
  slowestMs: number;
}

/**
 * Asks for one minute after the other what was counted in it, while it is still kept: in the end everything was asked for
 * once, though nothing is kept for long.
 */
export class Minutes {
  readonly found: Found = { counted: 0, received: 0, dropped: 0, slowestMs: 0 };

  /** @param nextMs from where on: a full minute */
  constructor(
    private readonly db: string,
    private nextMs: number,
  ) {}

  /** Asks about the minutes that are over and written. */
  async ask(nowMs: number): Promise<void> {
    while (this.nextMs + minuteMs + writtenAfterMs <= nowMs) await this.window(this.nextMs + minuteMs);
  }

  /** Asks about what is left, once the server has ended. */
  finish(nowMs: number): Promise<void> {
    return this.window(Math.ceil(nowMs / minuteMs) * minuteMs);
  }

  private async window(untilMs: number): Promise<void> {
    const iso = (ms: number): string => new Date(ms).toISOString();
    const window = ['--since', iso(this.nextMs), '--until', iso(untilMs)];
    const program = join(root, 'dist/bin/goodall-report.js');
    const question = ['--db', this.db, 'app.hits.*', '--type', 'counter', '--format', 'json', ...window];
    const startMs = performance.now();
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...question], {
      maxBuffer: 2 ** 28,
    });
    const { rows, loss } = JSON.parse(stdout) as {
      rows: { sum: number }[];
      loss: { datagramsDropped: number; datagramsReceived: number };
    };
    const { found } = this;
    found.counted += rows.reduce((total, row) => total + row.sum, 0);
    found.received += loss.datagramsReceived;
    found.dropped += loss.datagramsDropped;
    found.slowestMs = Math.max(found.slowestMs, performance.now() - startMs);
    this.nextMs = untilMs;
  }
}
