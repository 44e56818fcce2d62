import type { Socket } from 'node:net';
import { type BrokenLine, LineFramer } from './line-framer.js';

/** Takes what came on streams. */
export interface StreamSink {
  /**
   * Takes whole lines; the last has no line feed. The bytes are only lent. Returns whether there is room for
   * more.
   */
  lines(bytes: Uint8Array, sender: string): boolean;
  broken(reason: BrokenLine, beginning: Uint8Array, sender: string): void;
  /** Resolves when there is room again. */
  room(): Promise<void>;
}

/** Finds clients whose host is gone. */
const keepAliveMs = 60_000;

/**
 * One client. While there is no room for its lines it is not read from, so it can fill no buffers but its own.
 */
export class Connection {
  private readonly framer: LineFramer;
  private hasRoom = true;
  private hasEnded = false;

  constructor(
    private readonly socket: Socket,
    private readonly sink: StreamSink,
    sender: string,
  ) {
    this.framer = new LineFramer({
      lines: (bytes) => {
        this.hasRoom = sink.lines(bytes, sender) && this.hasRoom;
      },
      broken: (reason, beginning) => sink.broken(reason, beginning, sender),
    });
    socket.setKeepAlive(true, keepAliveMs);
    socket.on('data', (bytes) => this.take(bytes));
    socket.on('end', () => {
      this.hasEnded = true;
      this.framer.end();
    });
    // A reset: what it means is said by 'close'.
    socket.on('error', () => {});
    socket.on('close', () => {
      if (!this.hasEnded) this.framer.cut();
    });
  }

  get isPaused(): boolean {
    return this.socket.isPaused();
  }

  destroy(): void {
    if (!this.hasEnded) this.framer.cut();
    this.socket.destroy();
  }

  private take(bytes: Buffer): void {
    this.framer.take(bytes);
    if (this.hasRoom) return;
    this.hasRoom = true;
    this.socket.pause();
    void this.sink.room().then(() => this.socket.resume());
  }
}
