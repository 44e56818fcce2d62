import { parseArgs } from 'node:util';
import { type Libc, loadLibc } from '../../../lib/transport/libc.js';
import { Sender, type Target } from './sender.js';
import { buildTraffic, type Shape, type Totals } from './traffic.js';

export interface Load extends Shape, Target {
  /** Datagrams a second; 0 sends as fast as the machine can. */
  readonly rate: number;
  readonly seconds: number;
  /** Pause between two bursts in microseconds. A burst is what the rate made due meanwhile. */
  readonly tickUs: number;
}

export interface Sent extends Totals {
  readonly datagrams: number;
  readonly bytes: number;
  readonly datagramBytes: number;
  readonly linesPerDatagram: number;
  readonly seconds: number;
  readonly datagramsPerSecond: number;
  readonly cpuMicrosPerDatagram: number;
  /** Calls that the kernel refused (no listener, no buffer); their datagrams were sent again. */
  readonly refused: number;
  /** Datagrams not sent because the sender came too late for its rate. */
  readonly skipped: number;
}

/** Datagrams between two looks at the clock when flat out. */
const flatOutBurst = 1024;
/** A sender held up longer lets the missed time go: catching up would be a burst that no rate asked for. */
const mostLateSeconds = 0.01;

/** Sends a load, blocking the thread, and says exactly what the kernel took. */
export function generate(libc: Libc, load: Load): Sent {
  const traffic = buildTraffic(load);
  const sender = new Sender(libc, traffic, load);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const skipped = load.rate === 0 ? flatOut(sender, load, start) : paced(libc, sender, load, start);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  sender.close();
  return {
    ...traffic.totals(sender.sent),
    datagrams: sender.sent,
    bytes: sender.sent * traffic.datagramBytes,
    datagramBytes: traffic.datagramBytes,
    linesPerDatagram: traffic.linesPerDatagram,
    seconds,
    datagramsPerSecond: Math.round(sender.sent / seconds),
    cpuMicrosPerDatagram: (user + system) / sender.sent,
    refused: sender.refused,
    skipped,
  };
}

function flatOut(sender: Sender, load: Load, start: number): number {
  while (performance.now() - start < load.seconds * 1000) sender.send(flatOutBurst);
  return 0;
}

function paced(libc: Libc, sender: Sender, load: Load, start: number): number {
  const whole = Math.round(load.rate * load.seconds);
  let skipped = 0;
  while (sender.sent + skipped < whole) {
    const due = Math.floor(((performance.now() - start) / 1000) * load.rate);
    const late = Math.min(due, whole) - sender.sent - skipped;
    const burst = Math.min(late, Math.ceil(load.rate * mostLateSeconds));
    skipped += late - burst;
    sender.send(burst);
    libc.usleep(load.tickUs);
  }
  return skipped;
}

const usage = `generate --port N [--address 127.0.0.1] [--datagram-bytes 0] [--names 1000] [--tags]
         [--rate 30000] [--seconds 5] [--tick-us 500] [--sockets 1] [--no-segment]`;

function loadOf(args: string[]): Load {
  const { values } = parseArgs({
    args,
    options: {
      address: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string' },
      'datagram-bytes': { type: 'string', default: '0' },
      names: { type: 'string', default: '1000' },
      tags: { type: 'boolean', default: false },
      rate: { type: 'string', default: '30000' },
      seconds: { type: 'string', default: '5' },
      'tick-us': { type: 'string', default: '500' },
      sockets: { type: 'string', default: '1' },
      'no-segment': { type: 'boolean', default: false },
    },
  });
  if (values.port === undefined) throw new Error(`--port is missing\n${usage}`);
  return {
    address: values.address,
    port: Number(values.port),
    datagramBytes: Number(values['datagram-bytes']),
    names: Number(values.names),
    tags: values.tags,
    rate: Number(values.rate),
    seconds: Number(values.seconds),
    tickUs: Number(values['tick-us']),
    sockets: Number(values.sockets),
    segment: !values['no-segment'],
  };
}

// Run as a program; importing it starts nothing.
if (process.argv[1] === import.meta.filename) {
  console.log(JSON.stringify(generate(loadLibc(), loadOf(process.argv.slice(2)))));
}
