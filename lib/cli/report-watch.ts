import type { Clock } from '../clock.js';
import { UsageError } from '../errors.js';
import { parseDuration } from '../query/time.js';
import type { Terminal } from './report.js';

/**
 * Control sequences (ECMA-48, DEC private modes): into a screen of its own without a cursor, where what is too long for a line is
 * cut and not wrapped, and out again.
 */
const enter = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const leave = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const home = '\u001b[H';
const clearToLineEnd = '\u001b[K';
const clearBelow = '\u001b[J';

const defaultSeconds = 2;

/** Milliseconds between two pictures; undefined without `--watch`. A bare number is seconds. */
export function parseWatch(text: unknown): number | undefined {
  if (text === undefined) return undefined;
  if (typeof text !== 'string') throw new UsageError('--watch is given more than once');
  const spelling = text === '' ? String(defaultSeconds) : text;
  const intervalMs = parseDuration(/^\d+(\.\d+)?$/.test(spelling) ? `${spelling}s` : spelling);
  if (intervalMs === undefined || intervalMs < 100) {
    throw new UsageError(
      `--watch: cannot read ${JSON.stringify(text)} as an interval; give seconds, such as --watch=5, or 1m`,
    );
  }
  return intervalMs;
}

export interface Watching {
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly terminal: Terminal;
  /** Draws one picture, line by line; asked again each time. */
  readonly draw: () => Promise<readonly string[]>;
  /** Resolves when it is to end. */
  readonly stopped: Promise<void>;
}

/** Shows a picture that is renewed in place until it is told to stop. Leaves the terminal as it was. */
export async function watch({ intervalMs, clock, terminal, draw, stopped }: Watching): Promise<void> {
  const { screen } = terminal;
  if (screen === undefined) throw new UsageError('--watch needs a terminal; leave it out in a pipe');
  let ended = false;
  const ending = stopped.then(() => {
    ended = true;
  });
  try {
    await terminal.write(enter);
    while (!ended) {
      const resized = screen.resized();
      const lines = fitted(await draw(), screen.height());
      const picture = lines.map((line) => `${line}${clearToLineEnd}`).join('\n');
      if (!(await terminal.write(`${home}${picture}${clearBelow}`))) return;
      await Promise.race([ending, resized, pause(clock, intervalMs)]);
    }
  } finally {
    await terminal.write(leave);
  }
}

function fitted(lines: readonly string[], height: number): readonly string[] {
  if (lines.length <= height) return lines;
  const shown = lines.slice(0, Math.max(1, height - 1));
  return [...shown, `… ${lines.length - shown.length} more lines`];
}

function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.setTimer(resolve, delayMs));
}
