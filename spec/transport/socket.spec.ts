import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { ExitCode, UdpBindError } from '../../lib/errors.js';
import { SO_MEMINFO, SO_RCVBUFFORCE } from '../../lib/transport/layout.js';
import { type Libc, LibcUnavailableError } from '../../lib/transport/libc.js';
import { countOn, type DatagramSocket, openUdpSockets, type UdpListen } from '../../lib/transport/socket.js';
import { libcOrSkip, listening, openClient } from './fixture.js';

const loopback: UdpListen = { address: '127.0.0.1', port: 0, sockets: 1, receiveBufferBytes: 65_536 };

describe('UDP sockets', () => {
  let libc: Libc;
  const opened: DatagramSocket[] = [];
  const open = (listen: Partial<UdpListen>) => {
    const sockets = openUdpSockets(libc, { ...loopback, ...listen });
    opened.push(...sockets);
    return sockets;
  };
  const refusal = (listen: Partial<UdpListen>): UdpBindError => {
    try {
      open(listen);
    } catch (error) {
      if (error instanceof UdpBindError) return error;
      throw error;
    }
    throw new Error('the address was bound');
  };

  before(function () {
    libc = libcOrSkip(this);
  });

  afterEach(() => {
    for (const socket of opened.splice(0)) socket.close();
  });

  it('tell the port that the system picked for port 0', () => {
    const [socket] = open({});
    expect(socket?.port).to.be.within(1, 65_535);
    expect(socket?.address).to.equal('127.0.0.1');
  });

  it('share one picked port', () => {
    const ports = open({ sockets: 3 }).map((socket) => socket.port);
    expect(new Set(ports).size).to.equal(1);
    expect(ports).to.have.lengthOf(3);
  });

  it('share the senders, the first socket included', async () => {
    const sockets = open({ sockets: 2 });
    const port = sockets[0]!.port;
    for (let i = 0; i < 40; i++) {
      using client = await openClient();
      await client.send(port, ['a:1|c']);
    }
    for (const socket of sockets) expect(socket.queuedBytes()).to.be.greaterThan(0);
  });

  it('refuse a port that another socket has', () => {
    const [taken] = open({});
    const error = refusal({ port: taken!.port });
    expect(error.exitCode).to.equal(ExitCode.UdpBind);
    expect(error.message).to.equal(
      `cannot bind UDP 127.0.0.1:${taken!.port}: EADDRINUSE, another program listens there; stop it or choose another --port`,
    );
  });

  it('refuse a port that another group shares, rather than joining it', () => {
    const [taken] = open({ sockets: 2 });
    expect(refusal({ port: taken!.port, sockets: 2 }).message).to.include('another program listens there');
  });

  it('refuse an address that no interface has', () => {
    expect(refusal({ address: '192.0.2.1' }).message).to.include('no interface of this host has the address');
  });

  it('refuse what is not an address, or one on an interface that does not exist', () => {
    expect(refusal({ address: 'here' }).message).to.include('cannot bind UDP here: it is not an IP address');
    expect(refusal({ address: 'fe80::1%nosuch0' }).message).to.include('fe80::1%nosuch0');
  });

  it('leave no descriptor behind when one of them is refused', () => {
    const [taken] = open({});
    const before = readdirSync('/proc/self/fd').length;
    refusal({ port: taken!.port, sockets: 2 });
    expect(readdirSync('/proc/self/fd').length).to.equal(before);
  });

  it('say how large a receive buffer was granted, in the terms of the request', () => {
    expect(open({ receiveBufferBytes: 65_536 })[0]?.receiveBufferBytes).to.equal(65_536);
    const limit = Number(readFileSync('/proc/sys/net/core/rmem_max', 'utf8'));
    // Privileged, the whole is granted; otherwise as much as the limit allows.
    expect(open({ receiveBufferBytes: 2 * limit })[0]?.receiveBufferBytes).to.be.oneOf([limit, 2 * limit]);
  });

  it('are content with what the limit allows when they may not go beyond it', () => {
    const unprivileged: Libc = {
      ...libc,
      setsockopt: (fd, level, option, value, bytes) =>
        option === SO_RCVBUFFORCE ? -1 : libc.setsockopt(fd, level, option, value, bytes),
    };
    const limit = Number(readFileSync('/proc/sys/net/core/rmem_max', 'utf8'));
    opened.push(...openUdpSockets(unprivileged, { ...loopback, receiveBufferBytes: 2 * limit }));
    expect(opened[0]?.receiveBufferBytes).to.equal(limit);
  });

  it('count what the kernel dropped, the last of it included', async () => {
    using server = listening(libc, { receiveBufferBytes: 4096, idleTimeoutMs: 10 });
    using client = await openClient();
    const sent = 50;
    await client.send(
      server.socket.port,
      Array.from({ length: sent }, () => 'x'.repeat(1000)),
    );
    let received = 0;
    for (let tries = 0; tries < 500 && received + server.socket.drops() < sent; tries++) {
      received += server.receiver.receive();
    }
    expect(received + server.socket.drops()).to.equal(sent);
    expect(server.socket.drops()).to.be.greaterThan(0);
  });

  it('are not opened on a system that does not count what it drops', () => {
    const before = readdirSync('/proc/self/fd').length;
    const refuse = (): number => -1;
    const answerShortly = (bytes: Uint32Array): number => {
      bytes[0] = 4;
      return 0;
    };
    for (const meminfo of [refuse, answerShortly]) {
      const silent: Libc = {
        ...libc,
        getsockopt: (fd, level, option, value, bytes) =>
          option === SO_MEMINFO ? meminfo(bytes) : libc.getsockopt(fd, level, option, value, bytes),
      };
      expect(() => openUdpSockets(silent, loopback)).to.throw(
        LibcUnavailableError,
        'does not tell what it drops',
      );
    }
    expect(readdirSync('/proc/self/fd').length).to.equal(before);
  });

  it('count on when the kernel starts again at 2^32', () => {
    expect(countOn(5, 7)).to.equal(7);
    expect(countOn(2 ** 32 - 2, 3)).to.equal(2 ** 32 + 3);
    expect(countOn(3 * 2 ** 32 + 7, 7)).to.equal(3 * 2 ** 32 + 7);
  });
});
