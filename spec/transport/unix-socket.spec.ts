import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync } from 'node:fs';
import { expect } from 'chai';
import { ListenerBindError } from '../../lib/errors.js';
import { AF_UNIX, SOCK_DGRAM } from '../../lib/transport/layout.js';
import type { Libc } from '../../lib/transport/libc.js';
import { RecvmmsgReceiver, recvmmsgRegionBytes } from '../../lib/transport/recvmmsg.js';
import { type DatagramSocket, openUdpSockets } from '../../lib/transport/socket.js';
import { encodeUnixAddress, openUnixDatagramSocket } from '../../lib/transport/unix-socket.js';
import { openWakeup } from '../../lib/transport/wakeup.js';
import { temporaryFolder } from '../support/temporary.js';
import { libcOrSkip, openClient } from './fixture.js';

describe('datagrams on a unix socket', () => {
  const folder = temporaryFolder();
  const closing: (() => void)[] = [];
  let libc: Libc;

  before(function () {
    libc = libcOrSkip(this);
  });

  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  const open = async (name: string, mode?: number) => {
    const opened = await openUnixDatagramSocket(libc, { path: folder.file(name), mode }, 2 ** 20);
    closing.push(() => opened.socket.close());
    return opened;
  };

  const receiverOf = (sockets: readonly DatagramSocket[], slots = 8) => {
    const options = { slots, slotBytes: 100, gatherUs: 0, idleTimeoutMs: 5000 };
    const memory = { buffer: new SharedArrayBuffer(recvmmsgRegionBytes(options)) };
    const wakeup = openWakeup(libc);
    closing.push(() => wakeup.close());
    const receiver = new RecvmmsgReceiver(libc, sockets, wakeup, memory, 0, options);
    const texts = (count: number) =>
      Array.from({ length: count }, (_, slot) =>
        Buffer.from(memory.buffer, receiver.startOf(slot), receiver.lengthOf(slot)).toString(),
      );
    return { receiver, texts };
  };

  const sender = (path: string) => {
    const fd = libc.socket(AF_UNIX, SOCK_DGRAM, 0);
    const address = encodeUnixAddress(path);
    expect(libc.connect(fd, address, address.length)).to.equal(0);
    closing.push(() => libc.close(fd));
    return (text: string) => expect(libc.write(fd, Buffer.from(text), text.length)).to.equal(text.length);
  };

  it('are received, and their sender is the socket', async () => {
    const { socket } = await open('a.sock');
    const { receiver, texts } = receiverOf([socket]);
    const send = sender(socket.address);
    send('a:1|c');
    send('');
    send('b:2|c\nc');
    expect(texts(receiver.receive())).to.deep.equal(['a:1|c', '', 'b:2|c\nc']);
    expect(receiver.senderOf(2)).to.equal(`unixgram:${socket.address}`);
    expect(socket.drops()).to.equal(0);
  });

  it('say that they were cut when they are longer than a slot', async () => {
    const { socket } = await open('a.sock');
    const { receiver } = receiverOf([socket]);
    sender(socket.address)('x'.repeat(101));
    expect([receiver.receive(), receiver.lengthOf(0), receiver.isTruncated(0)]).to.deep.equal([1, 100, true]);
  });

  it('share a batch with those of UDP sockets, each with its own sender', async () => {
    const { socket } = await open('a.sock');
    const udp = ['127.0.0.1', '::1'].map(
      (address) => openUdpSockets(libc, { address, port: 0, sockets: 1, receiveBufferBytes: 2 ** 20 })[0]!,
    );
    closing.push(...udp.map((each) => () => each.close()));
    const { receiver, texts } = receiverOf([socket, ...udp]);
    const send = sender(socket.address);
    using four = await openClient('127.0.0.1');
    using six = await openClient('::1');
    // Again and again, so that every slot has held every kind of address.
    for (let round = 0; round < 6; round++) {
      send('unix');
      await four.send(udp[0]!.port, ['four']);
      await six.send(udp[1]!.port, ['six']);
      const got: [string, string][] = [];
      while (got.length < 3) {
        for (const [slot, text] of texts(receiver.receive()).entries())
          got.push([text, receiver.senderOf(slot)]);
      }
      expect(new Map(got)).to.deep.equal(
        new Map([
          ['unix', `unixgram:${socket.address}`],
          ['four', '127.0.0.1'],
          ['six', '::1'],
        ]),
      );
    }
  });

  it('are not shut out by a socket that always has more', async () => {
    const { socket } = await open('a.sock');
    const [busy] = openUdpSockets(libc, {
      address: '127.0.0.1',
      port: 0,
      sockets: 1,
      receiveBufferBytes: 2 ** 20,
    });
    closing.push(() => busy!.close());
    const { receiver, texts } = receiverOf([busy!, socket], 4);
    using client = await openClient();
    await client.send(busy!.port, Array(8).fill('busy'));
    sender(socket.address)('unix');
    const first = [texts(receiver.receive()), texts(receiver.receive())].flat();
    expect(first).to.include('unix');
  });

  it('have a socket of the mode that was asked for, which is removed unless it is another by then', async () => {
    const { socket, path } = await open('a.sock', 0o622);
    expect(lstatSync(socket.address).mode & 0o777).to.equal(0o622);
    path.remove();
    expect(existsSync(socket.address)).to.equal(false);
    await open('a.sock');
    path.remove();
    expect(existsSync(socket.address)).to.equal(true);
  });

  it('take the place of a socket that nobody has open, and of no other', async () => {
    const { socket } = await open('a.sock');
    const error = await open('a.sock').catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(ListenerBindError);
    expect((error as Error).message)
      .to.include(socket.address)
      .and.include('another program');
    const bindAndEnd = `import socket; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).bind(${JSON.stringify(folder.file('b.sock'))})`;
    expect(spawnSync('python3', ['-c', bindAndEnd]).status).to.equal(0);
    const { receiver, texts } = receiverOf([(await open('b.sock')).socket]);
    sender(folder.file('b.sock'))('a');
    expect(texts(receiver.receive())).to.deep.equal(['a']);
  });
});
