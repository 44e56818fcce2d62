import type { BrokenLine } from '../transport/line-framer.js';
import type { StreamSink } from '../transport/stream-connection.js';

/** Whole lines of a stream, or the beginning of one that did not come whole. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly sender: string;
  readonly broken: BrokenLine | undefined;
}

/** Bytes that may wait for whoever takes them. */
const maxWaitingBytes = 1 << 20;

/**
 * Brings lines of streams to where they are taken, maybe another thread: all that gathered while the last were
 * taken, at once.
 */
export class LineFeed implements StreamSink {
  private waiting: Piece[] = [];
  private waitingBytes = 0;
  private isGiving = false;
  private awaitRoom: (() => void)[] = [];

  /** @param give has the lines taken; resolves when they are */
  constructor(private readonly give: (pieces: readonly Piece[]) => Promise<void>) {}

  lines(bytes: Uint8Array, sender: string): boolean {
    this.add({ bytes: new Uint8Array(bytes), sender, broken: undefined });
    return this.waitingBytes < maxWaitingBytes;
  }

  broken(reason: BrokenLine, beginning: Uint8Array, sender: string): void {
    this.add({ bytes: new Uint8Array(beginning), sender, broken: reason });
  }

  /** Resolves when everything that came before has been taken. */
  async room(): Promise<void> {
    if (this.isGiving) await new Promise<void>((resolve) => this.awaitRoom.push(resolve));
  }

  private add(piece: Piece): void {
    this.waiting.push(piece);
    this.waitingBytes += piece.bytes.length;
    if (!this.isGiving) void this.giveAll();
  }

  private async giveAll(): Promise<void> {
    this.isGiving = true;
    // What comes in the same turn of the event loop goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const pieces = this.waiting;
      const told = this.awaitRoom;
      this.awaitRoom = [];
      this.waiting = [];
      this.waitingBytes = 0;
      await this.give(pieces);
      for (const tell of told) tell();
    }
    this.isGiving = false;
    for (const tell of this.awaitRoom) tell();
    this.awaitRoom = [];
  }
}
