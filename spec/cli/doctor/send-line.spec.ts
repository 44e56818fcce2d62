import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect } from 'chai';
import { lineTarget } from '../../../lib/cli/doctor/send-line.js';
import { type Libc, loadLibc } from '../../../lib/transport/libc.js';
import { temporaryFolder } from '../../support/temporary.js';

const unbound = { name: 'tcp', address: '127.0.0.1', port: 1, bound: false };

describe('the line that the doctor sends', () => {
  const folder = temporaryFolder();

  it('arrives at a UDP listener', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    try {
      const arrived = once(socket, 'message');
      const target = lineTarget({
        name: 'udp',
        address: '0.0.0.0',
        port: socket.address().port,
        bound: true,
      });
      await target?.send('a:1|c');
      expect(String((await arrived)[0])).to.equal('a:1|c');
      expect(target?.where).to.equal(`UDP 127.0.0.1 port ${socket.address().port}`);
    } finally {
      socket.close();
    }
  });

  for (const kind of ['tcp', 'unix'] as const) {
    it(`arrives at a ${kind} listener, as a line`, async () => {
      const path = folder.file('stream.sock');
      const server = createServer();
      server.listen(kind === 'tcp' ? { port: 0, host: '127.0.0.1' } : { path });
      await once(server, 'listening');
      try {
        const connected = once(server, 'connection');
        const address = server.address();
        const where =
          kind === 'tcp' ? { address: '127.0.0.1', port: (address as AddressInfo).port } : { address: path };
        await lineTarget({ name: kind, ...where, bound: true })?.send('a:1|c');
        const [stream] = (await connected) as [Socket];
        let text = '';
        for await (const piece of stream) text += piece;
        expect(text).to.equal('a:1|c\n');
      } finally {
        server.close();
      }
    });
  }

  it('arrives at a Unix socket for datagrams', async function () {
    let libc: Libc;
    try {
      libc = loadLibc();
    } catch {
      return this.skip();
    }
    const path = folder.file('datagram.sock');
    const address = new Uint8Array(110);
    address[0] = 1;
    address.set(Buffer.from(path), 2);
    const fd = libc.socket(1, 2, 0);
    try {
      expect(libc.bind(fd, address, address.length)).to.equal(0);
      const target = lineTarget({ name: 'unixgram', address: path, bound: true });
      await target?.send('a:1|c');
      const bytes = Buffer.alloc(100);
      expect(bytes.toString('latin1', 0, libc.read(fd, bytes, 100))).to.equal('a:1|c');
      expect(target?.where).to.equal(`unix datagram ${path}`);
    } finally {
      libc.close(fd);
    }
  });

  it('fails where nobody listens, and is not for what takes no lines', async () => {
    const path = folder.file('nobody.sock');
    for (const name of ['unix', 'unixgram']) {
      const failure = await lineTarget({ name, address: path, bound: true })
        ?.send('a:1|c')
        .then(
          () => 'sent',
          (error: Error) => error.message,
        );
      expect(failure).to.match(/ENOENT|errno 2$/);
    }
    expect(lineTarget({ ...unbound, name: 'http', bound: true })).to.equal(undefined);
    expect(lineTarget(unbound)).to.equal(undefined);
  });
});
