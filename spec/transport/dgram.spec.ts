import { createSocket } from 'node:dgram';
import { expect } from 'chai';
import { UdpBindError } from '../../lib/errors.js';
import { DgramReceiver } from '../../lib/transport/dgram.js';

const options = { address: '127.0.0.1', port: 0, receiveBufferBytes: 1 << 20 };

function send(
  family: 'udp4' | 'udp6',
  port: number,
  address: string,
  messages: readonly Buffer[],
): Promise<void> {
  const socket = createSocket(family);
  return Promise.all(
    messages.map(
      (message) =>
        new Promise<void>((resolve, reject) =>
          socket.send(message, port, address, (error) => (error === null ? resolve() : reject(error))),
        ),
    ),
  ).then(() => void socket.close());
}

describe('the portable UDP receiver', () => {
  it('hands over datagrams with their sender, on IPv4', async () => {
    const got: string[] = [];
    const receiver = await DgramReceiver.open(options, (bytes, sender) =>
      got.push(`${sender} ${Buffer.from(bytes).toString()}`),
    );
    await send('udp4', receiver.port, '127.0.0.1', [Buffer.from('a:1|c')]);
    await receiver.drain();
    expect(got).to.deep.equal(['127.0.0.1 a:1|c']);
    await receiver.close();
  });

  it('takes IPv6 and IPv4 senders on ::', async function () {
    const senders: string[] = [];
    let receiver: DgramReceiver;
    try {
      receiver = await DgramReceiver.open({ ...options, address: '::' }, (_, sender) => senders.push(sender));
    } catch {
      // A machine without IPv6.
      return this.skip();
    }
    await send('udp6', receiver.port, '::1', [Buffer.from('six')]);
    await send('udp4', receiver.port, '127.0.0.1', [Buffer.from('four')]);
    await receiver.drain();
    expect(senders.sort()).to.deep.equal(['127.0.0.1', '::1']);
    await receiver.close();
  });

  it('takes the largest datagram there is', async () => {
    let length = 0;
    const receiver = await DgramReceiver.open(options, (bytes) => {
      length = bytes.length;
    });
    await send('udp4', receiver.port, '127.0.0.1', [Buffer.alloc(65_507, 'x')]);
    await receiver.drain();
    expect(length).to.equal(65_507);
    await receiver.close();
  });

  it('refuses a port that is taken, with a message that says which', async () => {
    const first = await DgramReceiver.open(options, () => {});
    try {
      await DgramReceiver.open({ ...options, port: first.port }, () => {});
      expect.fail('bound twice');
    } catch (error) {
      expect(error).to.be.instanceOf(UdpBindError);
      expect((error as Error).message)
        .to.include(`port ${first.port}`)
        .and.to.include('EADDRINUSE');
    }
    await first.close();
  });

  it('reports a receive buffer that was really granted', async () => {
    const receiver = await DgramReceiver.open({ ...options, receiveBufferBytes: 1 << 30 }, () => {});
    expect(receiver.grantedBufferBytes).to.be.greaterThan(64 * 1024);
    await receiver.close();
  });

  it('counts the datagrams the system dropped for want of room', async function () {
    if (process.platform !== 'linux') return this.skip();
    const receiver = await DgramReceiver.open({ ...options, receiveBufferBytes: 64 * 1024 }, () => {});
    expect(await receiver.dropped()).to.equal(0);
    let received = 0;
    const sent = 400;
    const second = await DgramReceiver.open({ ...options, receiveBufferBytes: 64 * 1024 }, () => {
      received += 1;
    });
    // Sent from one turn of this very event loop, which does not read meanwhile: the buffer must overflow.
    await send('udp4', second.port, '127.0.0.1', Array(sent).fill(Buffer.alloc(8_000, 'x')));
    await second.drain();
    const dropped = await second.dropped();
    expect(dropped).to.be.greaterThan(0);
    expect(dropped! + received).to.equal(sent);
    expect(await receiver.dropped()).to.equal(0);
    await receiver.close();
    await second.close();
  });
});
