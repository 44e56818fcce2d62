/** What becomes of a stream of lines. */
export interface FramedSink {
  /** Takes whole lines; the last has no line feed. The bytes are only lent. */
  lines(bytes: Uint8Array): void;
  /** Tells of a line that cannot be taken, with its beginning. */
  broken(reason: BrokenLine, beginning: Uint8Array): void;
}

/** Why a line is no line: longer than any may be; or the connection was lost in the middle of it. */
export type BrokenLine = 'too_long' | 'unfinished';

/** Longest line of a stream: what the largest UDP datagram holds. */
export const maxLineBytes = 65_507;

const lineFeed = 0x0a;
const leastHeldBytes = 256;
/** A buffer that a line has made larger than this is not kept for the next. */
const mostKeptBytes = 4096;
const beginningBytes = 256;

/**
 * Cuts a stream into pieces of whole lines, none longer than `maxLineBytes`, wherever its segments end. It
 * holds back no more than one unfinished line; one that grows too long is dropped, up to its line feed.
 */
export class LineFramer {
  private held = Buffer.alloc(0);
  private heldBytes = 0;
  private isSkipping = false;

  constructor(private readonly sink: FramedSink) {}

  /** Takes the next bytes of the stream. */
  take(bytes: Buffer): void {
    let start = 0;
    if (this.heldBytes > 0 || this.isSkipping) {
      const end = bytes.indexOf(lineFeed);
      this.hold(end < 0 ? bytes : bytes.subarray(0, end));
      if (end < 0) return;
      this.giveHeld();
      start = end + 1;
    }
    while (start < bytes.length) start = this.piece(bytes, start);
  }

  /** The stream is over, in good order: what has no line feed is a line. */
  end(): void {
    this.giveHeld();
  }

  /** The stream was lost: half a line may look like a whole one, so what has no line feed is none. */
  cut(): void {
    if (this.heldBytes > 0) this.sink.broken('unfinished', this.beginning());
    this.letGo();
  }

  /** Gives away the whole lines that fit from `start` on, or holds what is none. Returns where to go on. */
  private piece(bytes: Buffer, start: number): number {
    const lastFeed = bytes.lastIndexOf(lineFeed, Math.min(bytes.length - 1, start + maxLineBytes));
    if (lastFeed >= start) {
      if (lastFeed > start) this.sink.lines(bytes.subarray(start, lastFeed));
      return lastFeed + 1;
    }
    const feed = bytes.indexOf(lineFeed, start);
    this.hold(bytes.subarray(start, feed < 0 ? bytes.length : feed));
    if (feed < 0) return bytes.length;
    this.letGo();
    return feed + 1;
  }

  private hold(bytes: Buffer): void {
    if (this.isSkipping) return;
    const needed = this.heldBytes + bytes.length;
    if (needed > this.held.length) this.makeRoom(needed);
    bytes.copy(this.held, this.heldBytes);
    if (needed <= maxLineBytes) {
      this.heldBytes = needed;
      return;
    }
    this.heldBytes = Math.min(needed, this.held.length);
    this.sink.broken('too_long', this.beginning());
    this.letGo();
    this.isSkipping = true;
  }

  private giveHeld(): void {
    if (this.heldBytes > 0) this.sink.lines(this.held.subarray(0, this.heldBytes));
    this.letGo();
  }

  private letGo(): void {
    this.heldBytes = 0;
    this.isSkipping = false;
    if (this.held.length > mostKeptBytes) this.held = Buffer.alloc(0);
  }

  private makeRoom(bytes: number): void {
    const room = Math.min(Math.max(bytes, 2 * this.held.length, leastHeldBytes), maxLineBytes);
    const grown = Buffer.alloc(room);
    this.held.copy(grown, 0, 0, this.heldBytes);
    this.held = grown;
  }

  private beginning(): Uint8Array {
    return this.held.subarray(0, Math.min(this.heldBytes, beginningBytes));
  }
}
