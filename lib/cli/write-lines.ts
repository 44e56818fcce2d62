import type { Terminal } from './report.js';

/** Written at once, in characters: one a line would be slow, all at once would hold a large report twice. */
const pieceLength = 1 << 16;

/** Writes lines in pieces. */
export class LineWriter {
  private piece = '';

  constructor(
    private readonly terminal: Terminal,
    private readonly lineBreak: string,
  ) {}

  /**
   * Where a piece is full, whether somebody reads on, once it is written. Else there is nothing to wait for: to wait for
   * each of millions of lines would take seconds.
   */
  add(line: string): Promise<boolean> | undefined {
    this.piece += line + this.lineBreak;
    return this.piece.length < pieceLength ? undefined : this.flush();
  }

  /** Writes what is left. */
  flush(): Promise<boolean> {
    const { piece } = this;
    this.piece = '';
    return this.terminal.write(piece);
  }
}

/** Writes lines as they are made. Ends early where nobody reads on. */
export async function writeLines(
  lines: Iterable<string> | AsyncIterable<string>,
  lineBreak: string,
  terminal: Terminal,
): Promise<void> {
  const writer = new LineWriter(terminal, lineBreak);
  if (Symbol.asyncIterator in lines) {
    for await (const line of lines) {
      const writing = writer.add(line);
      if (writing !== undefined && !(await writing)) return;
    }
  } else {
    for (const line of lines) {
      const writing = writer.add(line);
      if (writing !== undefined && !(await writing)) return;
    }
  }
  await writer.flush();
}
