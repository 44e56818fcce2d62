import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** How long a receiver may be silent: in answering, and in taking more. */
const patienceMs = 10_000;

/** A TCP connection that brings one thing and then ends; every step rejects when the receiver fails. */
export class Delivery {
  private readonly socket: Socket;
  /** Settles when the connection is over. */
  private readonly over: Promise<void>;

  /**
   * @param lingerMs how long the receiver has to end its side once it was sent everything; nothing is known to
   *   be wrong if it does not
   */
  constructor(
    host: string,
    port: number,
    private readonly lingerMs: number,
  ) {
    const place = `${host} port ${port}`;
    this.socket = connect({ host, port });
    const { socket } = this;
    socket.setNoDelay();
    this.over = once(socket, 'close').then(() => {});
    // Whoever waits at that time hears of it.
    this.over.catch(() => {});
    socket.setTimeout(patienceMs, () => {
      if (socket.writableFinished) socket.destroy();
      else socket.destroy(new Error(`${place} was silent for ${patienceMs / 1000} s`));
    });
    socket.once('end', () => {
      if (!socket.writableEnded) socket.destroy(new Error(`${place} closed the connection too early`));
    });
    // What it says is of no interest, but unread it would hide the end.
    socket.resume();
  }

  async connected(): Promise<void> {
    await once(this.socket, 'connect');
  }

  /** Resolves when more may be written. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.socket.write(bytes)) return;
    await Promise.race([once(this.socket, 'drain'), this.over]);
  }

  /** Ends our side, and waits until the receiver, having read everything, has ended its own. */
  async finish(): Promise<void> {
    const { socket, lingerMs } = this;
    socket.end(() => socket.setTimeout(lingerMs));
    await this.over;
  }

  cancel(): void {
    this.socket.destroy();
  }
}
