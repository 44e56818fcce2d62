import { createSocket, type Socket } from 'node:dgram';

const datagramsPerTick = 4;
const tickMs = 2;
const manySeries = 200;

/**
 * Sends numbered datagrams at a steady rate, whether somebody listens or not. Each counts one hit, raises a gauge by one, and
 * carries its number.
 */
export class SteadySender {
  sent = 0;
  private readonly socket: Socket = createSocket('udp4');
  private stopped = false;
  private readonly timer: NodeJS.Timeout;

  constructor(port: number) {
    this.timer = setInterval(() => {
      for (let i = 0; i < datagramsPerTick; i += 1) {
        const n = this.sent;
        this.sent += 1;
        const lines = `seq:${n}|g\nhits:1|c\nlevel:+1|g\ntook:${n % 100}|ms\nmany.${n % manySeries}:1|c`;
        this.socket.send(lines, port, '127.0.0.1');
      }
    }, tickMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    if (this.stopped) return;
    this.stopped = true;
    await new Promise<void>((resolve) => this.socket.close(resolve));
  }
}
