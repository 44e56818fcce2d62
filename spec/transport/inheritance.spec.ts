import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect } from 'chai';
import { receiveDescriptors, sendDescriptors } from '../../lib/transport/descriptors.js';
import { describeSocket, Inheritance, type InheritedSocket } from '../../lib/transport/inheritance.js';
import type { Libc } from '../../lib/transport/libc.js';
import { openUdpSockets } from '../../lib/transport/socket.js';
import { listenOnUnixSocket, openUnixDatagramSocket } from '../../lib/transport/unix-socket.js';
import { openWakeup } from '../../lib/transport/wakeup.js';
import { temporaryFolder } from '../support/temporary.js';
import { libcOrSkip } from './fixture.js';

const descriptorOf = (socket: Socket): number =>
  (socket as unknown as { readonly _handle: { readonly fd: number } })._handle.fd;

describe('sockets that a process is given', () => {
  const folder = temporaryFolder();
  const opened: number[] = [];
  let libc: Libc;

  before(function () {
    libc = libcOrSkip(this);
  });

  afterEach(() => {
    for (const fd of opened.splice(0)) libc.close(fd);
  });

  const udp = (address: string) => {
    const [socket] = openUdpSockets(libc, { address, port: 0, sockets: 1, receiveBufferBytes: 2 ** 16 });
    opened.push(socket!.fd);
    return socket!;
  };

  it('are told apart by what they are bound to', async () => {
    const { fd: four, port } = udp('127.0.0.1');
    const six = udp('::');
    const lines = await listenOnUnixSocket(libc, { path: folder.file('lines.sock'), mode: undefined });
    const datagrams = await openUnixDatagramSocket(
      libc,
      { path: folder.file('d.sock'), mode: undefined },
      4096,
    );
    opened.push(lines, datagrams.socket.fd);
    const described = [four, six.fd, lines, datagrams.socket.fd].map((fd) => describeSocket(libc, fd));
    expect(described).to.deep.equal([
      { fd: four, kind: 'udp', address: '127.0.0.1', port },
      { fd: six.fd, kind: 'udp', address: '::', port: six.port },
      { fd: lines, kind: 'unix', address: folder.file('lines.sock'), port: 0 },
      { fd: datagrams.socket.fd, kind: 'unixgram', address: folder.file('d.sock'), port: 0 },
    ]);
    const wakeup = openWakeup(libc);
    expect(describeSocket(libc, wakeup.fd)).to.equal(undefined);
    wakeup.close();
  });

  it('are taken by the listener that they are for, once', () => {
    const socket = (fd: number, kind: InheritedSocket['kind'], address: string, port: number) => ({
      ...{ fd, kind, address, port },
    });
    const all = [
      socket(3, 'udp', '0.0.0.0', 8125),
      socket(4, 'udp', '0.0.0.0', 8125),
      socket(5, 'tcp', '0.0.0.0', 8125),
      socket(6, 'udp', '::', 8127),
      socket(7, 'unix', '/run/x.sock', 0),
    ];
    const inheritance = new Inheritance(all, false);
    const fds = (wish: Parameters<Inheritance['take']>[0]) => inheritance.take(wish).map(({ fd }) => fd);
    expect(fds({ kind: 'udp', address: '127.0.0.1', port: 8125 })).to.deep.equal([]);
    expect(fds({ kind: 'udp', address: '0.0.0.0', port: 8125 })).to.deep.equal([3, 4]);
    expect(fds({ kind: 'udp', address: '0.0.0.0', port: 8125 })).to.deep.equal([]);
    expect(fds({ kind: 'udp', address: '0.0.0.0', port: 8127 }), ':: takes IPv4 too').to.deep.equal([6]);
    expect(fds({ kind: 'tcp', address: '0.0.0.0', port: 0 }), 'any port').to.deep.equal([5]);
    expect(fds({ kind: 'unixgram', address: '/run/x.sock', port: 0 })).to.deep.equal([]);
    expect(fds({ kind: 'unix', address: '/run/x.sock', port: 0 })).to.deep.equal([7]);
  });

  it('come over a unix socket, with the text that was sent along', async () => {
    const path = folder.file('control.sock');
    const server = createServer().listen(path);
    await once(server, 'listening');
    const client = connect(path).pause();
    const [accepted] = (await once(server, 'connection')) as [Socket];
    // Read from here, not by Node.
    const [sender, receiver] = [descriptorOf(accepted), descriptorOf(client)];
    for (const count of [0, 1, 3, 250]) {
      const { fd, port } = udp('127.0.0.1');
      expect(sendDescriptors(libc, sender, `sockets ${count}\n`, Array<number>(count).fill(fd))).to.equal(
        true,
      );
      const { text, descriptors } = receiveDescriptors(libc, receiver)!;
      opened.push(...descriptors);
      expect(text).to.equal(`sockets ${count}\n`);
      expect(new Set(descriptors).size).to.equal(count);
      expect(descriptors.map((each) => describeSocket(libc, each)?.port)).to.deep.equal(
        Array(count).fill(port),
      );
    }
    expect(sendDescriptors(libc, -1, 'text', [])).to.equal(false);
    accepted.destroy();
    client.destroy();
    server.close();
  });
});
