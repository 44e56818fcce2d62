import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import type { Libc } from '../../lib/transport/libc.js';
import { recvmmsgRegionBytes } from '../../lib/transport/recvmmsg.js';
import { type DatagramSocket, openUdpSockets } from '../../lib/transport/socket.js';
import { openWakeup, type Wakeup } from '../../lib/transport/wakeup.js';
import { libcOrSkip, openClient } from './fixture.js';
import { type ReceivingWorkerInput, slot } from './receiving-worker.js';

const lines = (count: number) => Array.from({ length: count }, (_, i) => `n:${i}|c`);
const bytesOf = (datagrams: readonly string[]) => datagrams.join('').length;

/** One socket, its worker, and what they share. */
class Station {
  readonly shared = new Int32Array(new SharedArrayBuffer(slot.count * 4));
  readonly wakeup: Wakeup;
  private worker: Worker | undefined;

  constructor(
    libc: Libc,
    readonly socket: DatagramSocket,
  ) {
    this.wakeup = openWakeup(libc);
  }

  start(): void {
    const workerData: ReceivingWorkerInput = {
      kind: 'udp',
      fd: this.socket.fd,
      address: this.socket.address,
      receiveBufferBytes: this.socket.receiveBufferBytes,
      wakeupFd: this.wakeup.fd,
      buffer: new SharedArrayBuffer(recvmmsgRegionBytes()),
      shared: this.shared.buffer as SharedArrayBuffer,
    };
    this.worker = new Worker(new URL('./receiving-worker.js', import.meta.url), { workerData });
  }

  get datagrams(): number {
    return Atomics.load(this.shared, slot.datagrams);
  }

  requestStop(): void {
    Atomics.store(this.shared, slot.stop, 1);
    this.wakeup.ring();
  }

  async ended(): Promise<void> {
    if (this.worker === undefined) throw new Error('never started');
    const [code] = await once(this.worker, 'exit');
    expect(code).to.equal(0);
    this.socket.close();
    this.wakeup.close();
  }
}

describe('a worker thread that blocks in receive', () => {
  let libc: Libc;
  const stations = (sockets: number) =>
    openUdpSockets(libc, { address: '127.0.0.1', port: 0, sockets, receiveBufferBytes: 2 ** 18 }).map(
      (socket) => new Station(libc, socket),
    );

  before(function () {
    libc = libcOrSkip(this);
  });

  it('counts in shared memory what the main thread sends, and stops when asked although nothing comes', async () => {
    const [station] = stations(1);
    station!.start();
    using client = await openClient();
    const sent = lines(100);
    await client.send(station!.socket.port, sent);
    while (station!.datagrams < sent.length) await delay(1);
    station!.requestStop();
    await station!.ended();
    expect(station!.datagrams).to.equal(sent.length);
    expect(station!.shared[slot.bytes]).to.equal(bytesOf(sent));
  });

  it('still takes everything that was sent before the request to stop', async () => {
    const [station] = stations(1);
    using client = await openClient();
    const sent = lines(300);
    await client.send(station!.socket.port, sent.slice(0, 1));
    while (station!.socket.queuedBytes() === 0) await delay(1);
    const perDatagram = station!.socket.queuedBytes();
    await client.send(station!.socket.port, sent.slice(1));
    while (station!.socket.queuedBytes() < sent.length * perDatagram) await delay(1);
    // Asked before it starts, it finds the request and the full socket together.
    station!.requestStop();
    station!.start();
    await station!.ended();
    expect(station!.datagrams).to.equal(sent.length);
  });

  it('shares a port with others, each taking its senders', async () => {
    const pair = stations(2);
    for (const station of pair) station.start();
    const port = pair[0]!.socket.port;
    const sent = lines(20);
    for (let i = 0; i < 20; i++) {
      using client = await openClient();
      await client.send(port, sent);
    }
    for (const station of pair) station.requestStop();
    await Promise.all(pair.map((station) => station.ended()));
    const counts = pair.map((station) => station.datagrams);
    expect(counts[0]! + counts[1]!).to.equal(400);
    expect(counts.map((count) => count % 20)).to.deep.equal([0, 0]);
  });
});
