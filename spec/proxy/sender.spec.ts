import { expect } from 'chai';
import { Counts } from '../../lib/proxy/counts.js';
import { KernelRouter } from '../../lib/proxy/kernel-router.js';
import { type Routes, ringOf } from '../../lib/proxy/routes.js';
import { Sender, senderRegionBytes } from '../../lib/proxy/sender.js';
import { EACCES } from '../../lib/transport/layout.js';
import { loadLibc } from '../../lib/transport/libc.js';
import { SinkNode, until } from './sink-node.js';

const room = 4096;

describe('the sender of the proxy', () => {
  it('goes on behind a datagram that the system refuses, and counts it', async () => {
    const sinks = [await SinkNode.start(), await SinkNode.start('::1')];
    const routes: Routes = [
      ...sinks.map(({ id, config }, number) => ({ id, number, address: config.host, port: config.port })),
      // Broadcasts need a permission that the socket has not asked for.
      { id: 'everybody', number: 7, address: '255.255.255.255', port: 9 },
    ];
    const ring = ringOf(routes);
    const counts = new Counts();
    const router = new KernelRouter(ring, {
      cacheSize: 16,
      extraBytes: senderRegionBytes + room,
      send: (count) => sender.send(count),
    });
    const sender = new Sender(loadLibc(), router, router.extraAt, counts);
    sender.use(routes);
    const names = Array.from({ length: 60 }, (_, i) => `name.${i}`);
    const text = Buffer.from(names.map((name) => `${name}:1|c`).join('\n'));
    const at = router.extraAt + senderRegionBytes;
    // Two rounds, so that something is sent behind what was refused.
    for (let round = 0; round < 2; round++) {
      Buffer.from(router.memory.buffer).set(text, at);
      router.route(at, text.length);
      router.flush();
    }
    const wanted = [0, 1, 2].map((node) => 2 * names.filter((name) => ring.nodeOf(name) === node).length);
    await until(
      () => sinks.map(({ lines }) => lines.length),
      (got) => got[0] === wanted[0] && got[1] === wanted[1],
    );
    expect(counts.get('linesUnsent')).to.equal(wanted[2]).and.greaterThan(0);
    expect(counts.get('lastErrno')).to.equal(EACCES);
    expect([0, 1, 7].map((number) => counts.linesTo(number))).to.deep.equal([wanted[0], wanted[1], 0]);
    expect(counts.get('linesSent')).to.equal(wanted[0]! + wanted[1]!);
    sender.close();
    await Promise.all(sinks.map((sink) => sink.stop()));
  });
});
