import { networkInterfaces } from 'node:os';
import { expect } from 'chai';
import type { Libc } from '../../lib/transport/libc.js';
import { RecvmmsgReceiver, recvmmsgRegionBytes } from '../../lib/transport/recvmmsg.js';
import {
  type Client,
  type Listening,
  libcOrSkip,
  listening,
  openClient,
  receiveBatches,
  receiveTexts,
  slotsOf,
} from './fixture.js';

/** TypeScript describes WebAssembly only together with a browser; this is what a growing memory needs. */
declare const WebAssembly: {
  readonly Memory: new (limits: {
    initial: number;
    maximum: number;
    shared: boolean;
  }) => {
    readonly buffer: ArrayBufferLike;
    grow(pages: number): number;
  };
};

const hasIpv6 = () => networkInterfaces().lo?.some(({ address }) => address === '::1') === true;

const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => `series.${from + i}:1|c`);

describe('receiving with recvmmsg', () => {
  let libc: Libc;
  let client: Client;

  const sendAndReceive = async (server: Listening, datagrams: readonly string[]) => {
    await client.send(server.socket.port, datagrams);
    return receiveTexts(server, datagrams.length);
  };

  before(async function () {
    libc = libcOrSkip(this);
    client = await openClient();
  });

  after(() => client?.[Symbol.dispose]());

  it('takes datagrams in the order they came', async () => {
    using server = listening(libc);
    const datagrams = ['a:1|c', 'b:2|ms\nc:3|g', 'd:4|s'];
    expect(await sendAndReceive(server, datagrams)).to.deep.equal(datagrams);
    expect(server.receiver.drain()).to.equal(0);
  });

  it('takes many at a time, and no more at a time than it has slots', async () => {
    using server = listening(libc, { slots: 50 });
    await client.send(server.socket.port, numbered(300));
    const batches = receiveBatches(server, 300);
    expect(batches.flat()).to.have.lengthOf(300);
    expect(batches).to.have.lengthOf.within(6, 30);
  });

  it('says nothing of the slots that a short batch did not fill', async () => {
    using server = listening(libc, { slots: 8 });
    expect(await sendAndReceive(server, numbered(8))).to.deep.equal(numbered(8));
    expect(await sendAndReceive(server, ['short:1|c'])).to.deep.equal(['short:1|c']);
    expect(server.receiver.drain()).to.equal(0);
  });

  it('goes round its slots as often as datagrams come', async () => {
    using server = listening(libc, { slots: 4 });
    expect(await sendAndReceive(server, numbered(10))).to.deep.equal(numbered(10));
    expect(await sendAndReceive(server, numbered(7, 10))).to.deep.equal(numbered(7, 10));
  });

  it('takes a datagram that is shorter than the one before it in the same slot', async () => {
    using server = listening(libc, { slots: 1 });
    const datagrams = ['a.long.name:1|c', 'b:2|c'];
    expect(await sendAndReceive(server, datagrams)).to.deep.equal(datagrams);
  });

  it('takes empty datagrams as datagrams', async () => {
    using server = listening(libc);
    expect(await sendAndReceive(server, ['', 'a:1|c', ''])).to.deep.equal(['', 'a:1|c', '']);
  });

  it('fills a slot to its last byte, does not call that truncated, and leaves the neighbours alone', async () => {
    using server = listening(libc, { slots: 3, slotBytes: 64 });
    const texts = ['1'.repeat(64), '2'.repeat(64), '3'.repeat(63)];
    await client.send(server.socket.port, texts);
    const received = receiveBatches(server, 3).flat();
    expect(received.map(({ text }) => text)).to.deep.equal(texts);
    expect(received.map(({ truncated }) => truncated)).to.deep.equal([false, false, false]);
  });

  it('leaves the byte behind a datagram to the reader', async () => {
    using server = listening(libc, { slots: 3, slotBytes: 63 });
    const texts = ['1'.repeat(63), '2'.repeat(63), '3'.repeat(63)];
    await client.send(server.socket.port, texts);
    const count = server.receiver.receive();
    const bytes = new Uint8Array(server.memory.buffer);
    for (let slot = 0; slot < count; slot++) bytes[server.receiver.startOf(slot) + 63] = 0x0a;
    const received = [...slotsOf(server, count), ...receiveBatches(server, 3 - count).flat()];
    expect(received.map(({ text }) => text)).to.deep.equal(texts);
  });

  it('says which datagrams were longer than a slot, and forgets it for the next in that slot', async () => {
    using server = listening(libc, { slots: 2, slotBytes: 64 });
    await client.send(server.socket.port, ['x'.repeat(65), 'y'.repeat(64), 'z']);
    const received = receiveBatches(server, 3).flat();
    expect(received.map(({ text }) => text)).to.deep.equal(['x'.repeat(64), 'y'.repeat(64), 'z']);
    expect(received.map(({ truncated }) => truncated)).to.deep.equal([true, false, false]);
  });

  it('takes the longest datagram that IPv4 has, whole', async () => {
    using server = listening(libc);
    const longest = Uint8Array.from({ length: 65_507 }, (_, i) => i % 251);
    await client.send(server.socket.port, [longest]);
    const [datagram] = receiveBatches(server, 1).flat();
    expect(Buffer.from(datagram!.text, 'latin1').equals(longest)).to.equal(true);
    expect(datagram!.truncated).to.equal(false);
  });

  it('knows the sender of every datagram', async () => {
    using server = listening(libc, { address: '0.0.0.0' });
    using other = await openClient('127.0.0.2');
    await client.send(server.socket.port, ['a:1|c']);
    await other.send(server.socket.port, ['b:1|c']);
    await client.send(server.socket.port, ['c:1|c']);
    const senders = receiveBatches(server, 3)
      .flat()
      .map(({ sender }) => sender);
    expect(senders).to.deep.equal(['127.0.0.1', '127.0.0.2', '127.0.0.1']);
  });

  it('takes IPv6, and on :: IPv4 as well', async function () {
    if (!hasIpv6()) this.skip();
    using server = listening(libc, { address: '::' });
    using sixth = await openClient('::1');
    await sixth.send(server.socket.port, ['a:6|c']);
    await client.send(server.socket.port, ['b:4|c']);
    expect(receiveBatches(server, 2).flat()).to.deep.equal([
      { text: 'a:6|c', sender: '::1', truncated: false },
      { text: 'b:4|c', sender: '127.0.0.1', truncated: false },
    ]);
  });

  it('returns nothing when nothing comes in time', () => {
    using server = listening(libc, { idleTimeoutMs: 1 });
    expect(server.receiver.receive()).to.equal(0);
  });

  it('returns nothing as soon as the wakeup rings, also when it rang before, and silences it', () => {
    using server = listening(libc, { idleTimeoutMs: 60_000 });
    server.wakeup.ring();
    server.wakeup.ring();
    expect(server.receiver.receive()).to.equal(0);
    // Nothing to read is what a silent bell has.
    expect(libc.read(server.wakeup.fd, new Uint8Array(8), 8)).to.equal(-1);
  });

  it('takes the datagrams first when both they and the wakeup are there', async () => {
    using server = listening(libc);
    server.wakeup.ring();
    await client.send(server.socket.port, ['a:1|c']);
    expect(server.receiver.receive()).to.equal(1);
    expect(server.receiver.receive()).to.equal(0);
  });

  it('does not wait when it drains', () => {
    using server = listening(libc);
    expect(server.receiver.drain()).to.equal(0);
  });

  it('takes an interrupted call for an empty one, and any other failure for a failure', () => {
    using server = listening(libc);
    const failing = (errno: number): Libc => ({
      ...libc,
      recvmmsg: () => -1,
      poll: () => 0,
      errno: () => errno,
    });
    const receiver = (errno: number) =>
      new RecvmmsgReceiver(failing(errno), [server.socket], server.wakeup, server.memory, 0);
    expect(receiver(4).receive()).to.equal(0);
    expect(receiver(11).receive()).to.equal(0);
    expect(() => receiver(9).receive()).to.throw(`descriptor ${server.socket.fd} failed with errno 9`);
  });

  for (const shared of [true, false]) {
    it(`goes on after ${shared ? 'shared' : 'unshared'} WebAssembly memory grew, also in the middle of a batch`, async () => {
      const pages = Math.ceil(recvmmsgRegionBytes({ slots: 4 }) / 65_536);
      const memory = new WebAssembly.Memory({ initial: pages, maximum: pages + 64, shared });
      using server = listening(libc, { memory, slots: 4 });
      expect(await sendAndReceive(server, numbered(2))).to.deep.equal(numbered(2));
      await client.send(server.socket.port, numbered(2, 2));
      const count = server.receiver.receive();
      memory.grow(32);
      const beforeAndAfter = [...slotsOf(server, count), ...receiveBatches(server, 2 - count).flat()];
      const sender = '127.0.0.1';
      expect(beforeAndAfter).to.deep.equal(
        numbered(2, 2).map((text) => ({ text, sender, truncated: false })),
      );
      expect(await sendAndReceive(server, numbered(6, 4))).to.deep.equal(numbered(6, 4));
    });
  }

  it('refuses a region without room', () => {
    const memory = { buffer: new SharedArrayBuffer(recvmmsgRegionBytes({ slots: 2 }) - 1) };
    expect(() => listening(libc, { memory, slots: 2 })).to.throw(RangeError, 'no room for 2 slots');
  });
});
