import type { Terminal } from './report.js';

/** Written at once, in characters: one a line would be slow, all at once would hold a large report twice. */
const pieceLength = 1 << 16;

/** Writes lines as they are made. Ends early where nobody reads on. */
export async function writeLines(
  lines: Iterable<string> | AsyncIterable<string>,
  lineBreak: string,
  terminal: Terminal,
): Promise<void> {
  const pieces = Symbol.asyncIterator in lines ? laterPieces(lines, lineBreak) : piecesOf(lines, lineBreak);
  for await (const piece of pieces) if (!(await terminal.write(piece))) return;
}

/** Not the same as with lines that come later: waiting for each of millions would take seconds. */
function* piecesOf(lines: Iterable<string>, lineBreak: string): Generator<string> {
  let piece = '';
  for (const line of lines) {
    piece += line + lineBreak;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

async function* laterPieces(lines: AsyncIterable<string>, lineBreak: string): AsyncGenerator<string> {
  let piece = '';
  for await (const line of lines) {
    piece += line + lineBreak;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}
