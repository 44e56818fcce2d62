import { parseArgs } from 'node:util';
import { type Libc, loadLibc } from '../../../lib/transport/libc.js';
import { RecvmmsgReceiver, recvmmsgDefaults, recvmmsgRegionBytes } from '../../../lib/transport/recvmmsg.js';
import { type DatagramSocket, openUdpSockets } from '../../../lib/transport/socket.js';
import { openWakeup } from '../../../lib/transport/wakeup.js';

export interface ReceiveOnly {
  readonly address: string;
  readonly port: number;
  readonly receiveBufferBytes: number;
  readonly slots: number;
  readonly gatherUs: number;
  /** Ends when nothing came for so long, after the first datagram. */
  readonly quietMs: number;
  /** Ends after so long without a first datagram: with no sender this measures an idle receiver. */
  readonly patienceMs: number;
}

export interface Received {
  readonly datagrams: number;
  readonly bytes: number;
  readonly drops: number;
  readonly receives: number;
  /** From the first datagram to the last; the whole time when none came. */
  readonly seconds: number;
  readonly datagramsPerSecond: number;
  readonly cpuMicrosPerDatagram: number;
  /** Of one core, while datagrams came. */
  readonly cpuPercent: number;
  readonly residentMiB: number;
}

/** The loop of a server that does nothing with what it receives: what a datagram costs at least. Blocks the thread. */
export function receiveOnly(libc: Libc, socket: DatagramSocket, options: ReceiveOnly): Received {
  const memory = { buffer: new SharedArrayBuffer(recvmmsgRegionBytes(options)) };
  const wakeup = openWakeup(libc);
  const receiver = new RecvmmsgReceiver(libc, [socket], wakeup, memory, 0, options);
  let datagrams = 0;
  let bytes = 0;
  let receives = 0;
  let begin = performance.now();
  let last = begin;
  let cpu = process.cpuUsage();
  for (;;) {
    const count = receiver.receive();
    receives++;
    if (count === 0) {
      const quiet = performance.now() - last;
      if (quiet >= (datagrams === 0 ? options.patienceMs : options.quietMs)) break;
      continue;
    }
    last = performance.now();
    if (datagrams === 0) [begin, receives, cpu] = [last, 1, process.cpuUsage()];
    datagrams += count;
    for (let slot = 0; slot < count; slot++) bytes += receiver.lengthOf(slot);
  }
  const { user, system } = process.cpuUsage(cpu);
  wakeup.close();
  const seconds = ((datagrams === 0 ? performance.now() : last) - begin) / 1000;
  return {
    datagrams,
    bytes,
    drops: socket.drops(),
    receives,
    seconds,
    datagramsPerSecond: Math.round(datagrams / seconds),
    cpuMicrosPerDatagram: (user + system) / datagrams,
    cpuPercent: (user + system) / 1e4 / seconds,
    residentMiB: process.memoryUsage.rss() / 2 ** 20,
  };
}

function optionsOf(args: string[]): ReceiveOnly {
  const { values } = parseArgs({
    args,
    options: {
      address: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '0' },
      buffer: { type: 'string', default: String(8 * 2 ** 20) },
      slots: { type: 'string', default: String(recvmmsgDefaults.slots) },
      'gather-us': { type: 'string', default: String(recvmmsgDefaults.gatherUs) },
      'quiet-ms': { type: 'string', default: '500' },
      'patience-ms': { type: 'string', default: '20000' },
    },
  });
  return {
    address: values.address,
    port: Number(values.port),
    receiveBufferBytes: Number(values.buffer),
    slots: Number(values.slots),
    gatherUs: Number(values['gather-us']),
    quietMs: Number(values['quiet-ms']),
    patienceMs: Number(values['patience-ms']),
  };
}

// Run as a program; importing it starts nothing.
if (process.argv[1] === import.meta.filename) {
  const options = optionsOf(process.argv.slice(2));
  const libc = loadLibc();
  const [socket] = openUdpSockets(libc, { ...options, sockets: 1 });
  if (socket === undefined) throw new Error('no socket');
  console.log(
    `receiving on ${socket.address}:${socket.port}, receive buffer ${socket.receiveBufferBytes} bytes`,
  );
  console.log(JSON.stringify(receiveOnly(libc, socket, options)));
  socket.close();
}
