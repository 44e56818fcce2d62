import { fstatSync, writeSync } from 'node:fs';

/** What a report needs of a stream that it writes to. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  /** Writes text; `done` is told what went wrong, as are those who listen for errors. */
  write(text: string | Uint8Array, done?: (error?: Error | null) => void): unknown;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
  on(event: 'resize', listener: () => void): unknown;
}

/** What a program writes to, and its environment. */
export interface Streams {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * A file or a pipe, written to without Node's streams, which take longer to load than a page of help takes to make. Writing
 * waits for a slow reader, as Node does for pipes.
 */
class PlainOutput implements OutputStream {
  private readonly listeners: ((error: NodeJS.ErrnoException) => void)[] = [];
  /** Where it turned out not to wait. */
  private stream: OutputStream | undefined;

  constructor(
    private readonly file: number,
    private readonly streamOf: () => OutputStream,
  ) {}

  write(text: string | Uint8Array, done?: (error?: Error | null) => void): void {
    const bytes = Buffer.from(text);
    let at = 0;
    try {
      while (this.stream === undefined && at < bytes.length) at += writeSync(this.file, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') {
        this.fail(error as NodeJS.ErrnoException, done);
        return;
      }
      this.stream = this.streamOf();
      for (const listener of this.listeners) this.stream.on('error', listener);
    }
    if (this.stream === undefined) done?.();
    else this.stream.write(bytes.subarray(at), done);
  }

  on(event: 'error' | 'resize', listener: (error: NodeJS.ErrnoException) => void): void {
    if (event === 'error') this.listeners.push(listener);
  }

  /** As a stream does: not before whoever writes has gone on. */
  private fail(error: NodeJS.ErrnoException, done: ((error?: Error | null) => void) | undefined): void {
    process.nextTick(() => {
      done?.(error);
      for (const listener of this.listeners) listener(error);
    });
  }
}

function isPlain(file: number): boolean {
  try {
    return !fstatSync(file).isCharacterDevice();
  } catch {
    // It is closed: Node has its way with that.
    return false;
  }
}

/** The streams of this process: plain ones where neither is a terminal or another device. */
export function processStreams(): Streams {
  if (![1, 2].every(isPlain)) return process;
  return {
    stdout: new PlainOutput(1, () => process.stdout),
    stderr: new PlainOutput(2, () => process.stderr),
    env: process.env,
  };
}
