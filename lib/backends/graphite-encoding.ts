import type { GraphiteValue } from './graphite-values.js';

/** Enough for one write. */
const chunkLength = 65_536;

/** Carbon closes the connection on a longer frame. */
const maxFrameBytes = 2 ** 20;

/** `path value timestamp` a line, many lines a piece. */
export function* textChunks(values: Iterable<GraphiteValue>): Generator<Buffer> {
  let chunk = '';
  for (const { path, value, timestamp } of values) {
    chunk += `${path} ${value} ${timestamp}\n`;
    if (chunk.length < chunkLength) continue;
    yield Buffer.from(chunk);
    chunk = '';
  }
  yield Buffer.from(chunk);
}

/**
 * Lists of `(path, (timestamp, value))` in Python's oldest pickle notation, in the words that statsd uses, each
 * list behind its length in 32 bits. As from statsd it is one list, unless Carbon would not take it.
 */
export function* pickleFrames(values: Iterable<GraphiteValue>): Generator<Buffer> {
  let items: string[] = [];
  let bytes = opening.length + closing.length;
  for (const { path, value, timestamp } of values) {
    const item = `(S'${path}'\n(L${timestamp}L\nS'${value}'\ntta`;
    const itemBytes = Buffer.byteLength(item);
    if (bytes + itemBytes > maxFrameBytes) {
      yield frame(items);
      items = [];
      bytes = opening.length + closing.length;
    }
    items.push(item);
    bytes += itemBytes;
  }
  yield frame(items);
}

const opening = '(l';
const closing = '.';

function frame(items: readonly string[]): Buffer {
  const body = Buffer.from(`${opening}${items.join('')}${closing}`);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}
