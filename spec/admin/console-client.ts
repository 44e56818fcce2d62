import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A client of the management console over real TCP. All it receives is kept. */
export class ConsoleClient {
  readonly socket: Socket;
  received = '';
  /** Resolves when the connection is closed, however it came to it. */
  readonly closed: Promise<void>;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('utf8').on('data', (text: string) => {
      this.received += text;
    });
    // A connection that is cut off is what some specs are about.
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  static async open(port: number): Promise<ConsoleClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new ConsoleClient(socket);
  }

  /** Sends one segment; returns when the system has taken it. */
  send(text: string): Promise<void> {
    return new Promise((resolve) => this.socket.write(text, () => resolve()));
  }

  /** Waits until everything received so far ends with the text; rejects when the connection ends without it. */
  async until(text: string): Promise<void> {
    while (!this.received.endsWith(text)) {
      const closed = this.closed.then(() => {
        throw new Error(`closed after ${JSON.stringify(this.received)}`);
      });
      closed.catch(() => {});
      await Promise.race([once(this.socket, 'data'), closed]);
    }
  }
}

/** Sends segments, ends its side as `nc -N` does, and returns all that came back until the console closed. */
export async function ask(port: number, ...segments: readonly string[]): Promise<string> {
  const client = await ConsoleClient.open(port);
  for (const segment of segments) await client.send(segment);
  client.socket.end();
  await client.closed;
  return client.received;
}
