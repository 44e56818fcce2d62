import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** A UDP socket that keeps what it gets: a statsd server's ears. */
export class Receiver {
  readonly datagrams: string[] = [];
  readonly port: number;
  private readonly socket: Socket;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.port = socket.address().port;
    socket.on('message', (message) => this.datagrams.push(message.toString()));
  }

  static async open(address = '127.0.0.1'): Promise<Receiver> {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    return new Receiver(socket);
  }

  get lines(): string[] {
    return this.datagrams.flatMap((datagram) => datagram.split('\n'));
  }

  /** Resolves when the condition holds of what has arrived. */
  async until(condition: (received: this) => boolean): Promise<void> {
    while (!condition(this)) await once(this.socket, 'message');
  }

  close(): void {
    this.socket.close();
  }
}

/** The line of the given name, cut into its parts; undefined when there is none. */
export function lineOf(
  lines: readonly string[],
  name: string,
): { value: string; type: string; tags: string[] } | undefined {
  const line = lines.find((text) => text.startsWith(`${name}:`));
  if (line === undefined) return undefined;
  const [value, type, tags] = line.slice(name.length + 1).split('|');
  return { value: value!, type: type!, tags: tags?.slice(1).split(',') ?? [] };
}
