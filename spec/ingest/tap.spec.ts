import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { systemClock } from '../../lib/clock.js';
import { listen } from '../../lib/ingest/listen.js';
import { type PacketBatch, packetsOf, senderOf } from '../../lib/ingest/packets.js';
import { loadLibc } from '../../lib/transport/libc.js';

const hasLibc = (() => {
  try {
    loadLibc();
    return true;
  } catch {
    return false;
  }
})();

for (const transport of ['recvmmsg', 'dgram'] as const) {
  describe(`packets for backends, received by ${transport}`, () => {
    before(function () {
      // Not Linux, or a C library that is not glibc.
      if (transport === 'recvmmsg' && !hasLibc) this.skip();
    });

    for (const address of ['127.0.0.1', '::1']) {
      it(`are copies of what was sent to ${address}, with their senders`, async () => {
        const batches: PacketBatch[] = [];
        const listener = await listen({
          ...{
            transport,
            receiveBufferBytes: 1 << 20,
            workers: 1,
            maxMemoryBytes: 2 ** 28,
            clock: systemClock,
          },
          sockets: (['udp', 'tcp'] as const).map((kind) => ({ kind, address, port: 0, dialect: 'goodall' })),
          ingest: { sanitizeNames: true, maxSeries: 1000, intervalMs: 3_600_000, sketch: {}, gauges: [] },
          onError: (error) => {
            throw error;
          },
          onTrouble: () => {},
          onPackets: (batch) => batches.push(batch),
        });
        const socket = createSocket(address === '::1' ? 'udp6' : 'udp4');
        const sent = ['a:1|c', 'bad', '', 'b:2|ms\nc:3|g\n', '\u00e9'.repeat(700)];
        for (const text of sent) {
          await new Promise<void>((resolve) =>
            socket.send(text, listener.bound[0]!.port!, address, () => resolve()),
          );
        }
        const { port } = socket.address();
        while (batches.reduce((sum, { ends }) => sum + ends.length, 0) < sent.length) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        const stream = connect(listener.bound[1]!.port!, address);
        stream.resume().end('d:4|c\ne:5|c\n');
        await once(stream, 'close');
        await listener.finish();
        await listener.close();
        const received = batches.flatMap((batch) =>
          [...packetsOf(batch)].map((packet, i) => ({ text: packet.toString(), sender: senderOf(batch, i) })),
        );
        const sender = { address, family: address === '::1' ? 'IPv6' : 'IPv4', port };
        expect(received.slice(0, sent.length)).to.deep.equal(sent.map((text) => ({ text, sender })));
        const lines = received.slice(sent.length);
        expect(lines.map(({ text }) => text).join('')).to.equal('d:4|c\ne:5|c');
        expect(lines[0]!.sender).to.deep.equal({ ...sender, port: 0 });
        expect(batches.every(({ lostBefore }) => lostBefore === 0)).to.equal(true);
        socket.close();
        await once(socket, 'close');
      });
    }
  });
}
