import type { OutputStream, Streams } from './plain-output.js';
import { outputError } from './program.js';
import type { Screen, Terminal } from './report.js';

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
    warn: (line) => void stderr.write(line),
    ...(stdout.isTTY && { screen: screenOf(stdout, takesColors(env)) }),
    // To the start of the line, the text, and away with what is left of the one before.
    ...(stderr.isTTY && { progress: (text: string) => void stderr.write(`\r${text}\u001b[K`) }),
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

function screenOf(stdout: OutputStream, colors: boolean): Screen {
  let told: (() => void) | undefined;
  return {
    colors,
    height: () => stdout.rows ?? Number.POSITIVE_INFINITY,
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
