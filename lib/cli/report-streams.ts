import { fstatSync, writeSync } from 'node:fs';
import { outputError } from './program.js';
import type { Screen, Terminal } from './report.js';

/** The parts of a process that a report writes to. */
export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Standard output as a terminal. When its reader goes away (`| head`), writing ends without a fuss. Text is as
 * wide as the terminal, or as COLUMNS says; as long as it likes in a pipe or a file.
 */
export function standardStreams({ stdout, stderr, env }: Streams): Terminal {
  // Each write reports its own failure; without a listener the first one would end the process as well.
  stdout.on('error', () => undefined);
  return {
    get width() {
      return widthOf(env.COLUMNS, stdout.columns);
    },
    warn: (line) => stderr.write(line),
    ...(stdout.isTTY && { screen: screenOf(stdout, takesColors(env)) }),
    // To the start of the line, the text, and away with what is left of the one before.
    ...(stderr.isTTY && { progress: (text: string) => stderr.write(`\r${text}\u001b[K`) }),
    write: (text) =>
      new Promise((resolve, reject) => {
        stdout.write(text, (error) => {
          if (error === null || error === undefined) resolve(true);
          else if ((error as NodeJS.ErrnoException).code === 'EPIPE') resolve(false);
          else reject(outputError(error));
        });
      }),
  };
}

const stdoutFile = 1;

/**
 * Whether standard output is anything but a terminal or another device. Node's own way to tell loads all its streams,
 * which takes longer than to make a page of help.
 */
export function hasPlainOutput(): boolean {
  return !fstatSync(stdoutFile).isCharacterDevice();
}

/** Writes to standard output without streams; what is left, for them to write, or to say why it cannot be. */
export function writePlainly(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  try {
    return bytes.subarray(writeSync(stdoutFile, bytes));
  } catch {
    // A full pipe that does not block, a reader that is gone, a full disk: the streams meet it again.
    return bytes;
  }
}

function screenOf(stdout: NodeJS.WriteStream, colors: boolean): Screen {
  let told: (() => void) | undefined;
  return {
    colors,
    height: () => stdout.rows,
    resized: () => {
      if (told === undefined) stdout.on('resize', () => told?.());
      return new Promise((resolve) => {
        told = resolve;
      });
    },
  };
}

/** https://no-color.org: any value but the empty one. */
function takesColors({ NO_COLOR, TERM }: Streams['env']): boolean {
  return (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb';
}

function widthOf(asked: string | undefined, columns: number | undefined): number {
  const wanted = Number(asked);
  if (Number.isInteger(wanted) && wanted > 0) return wanted;
  return columns === undefined || columns === 0 ? Number.POSITIVE_INFINITY : columns;
}
