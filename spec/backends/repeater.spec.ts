import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect } from 'chai';
import { Repeater } from '../../lib/backends/repeater.js';
import { repeaterSettings } from '../../lib/backends/repeater-settings.js';
import { systemClock } from '../../lib/clock.js';
import { batchOfOne, type PacketBatch } from '../../lib/ingest/packets.js';
import { lineLogger } from '../../lib/log.js';
import { TcpSink } from './tcp-sink.js';

const packet = (text: string): PacketBatch => batchOfOne(Buffer.from(text), '127.0.0.1', 1);
const odd = '\u0000\u{1f600}:1|c\nb:2|ms';

describe('the repeater', () => {
  let log: string[];
  let running: Repeater[];
  beforeEach(() => {
    log = [];
    running = [];
  });
  afterEach(() => Promise.all(running.map((repeater) => repeater.close())));

  function repeaterOf(raw: Readonly<Record<string, unknown>>): Repeater {
    const logger = lineLogger(
      'debug',
      (line) => log.push(line.slice(line.indexOf(' ') + 1).trimEnd()),
      () => 0,
    );
    const repeater = new Repeater({ settings: repeaterSettings(raw), clock: systemClock, logger });
    repeater.start();
    running.push(repeater);
    return repeater;
  }

  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  describe('over UDP', () => {
    let sockets: Socket[];
    let received: string[][];
    beforeEach(async () => {
      received = [[], []];
      sockets = await Promise.all(
        received.map(async (texts) => {
          const socket = createSocket('udp4').bind(0, '127.0.0.1');
          socket.on('message', (message) => texts.push(message.toString()));
          await once(socket, 'listening');
          return socket;
        }),
      );
    });
    afterEach(() => sockets.map((socket) => socket.close()));

    it('sends every packet to every place as it was received', async () => {
      const repeater = repeaterOf({
        repeater: sockets.map((socket) => ({ host: 'localhost', port: socket.address().port })),
      });
      // Its places are looked up first; until then it has nowhere to send to.
      while (received[0]!.length === 0 || received[1]!.length === 0) {
        repeater.packets(packet('first:1|c'));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
      for (const texts of received) texts.length = 0;
      repeater.packets({ ...packet(`a:1|c${odd}`), ends: Uint32Array.of(5, 5 + Buffer.byteLength(odd)) });
      repeater.packets(packet(''));
      await until(() => received.every((texts) => texts.length === 3));
      for (const texts of received) expect(texts).to.deep.equal(['a:1|c', odd, '']);
      expect(repeater.problem).to.equal(undefined);
    });

    it('counts what it cannot send, and says it once an interval', async () => {
      const repeater = repeaterOf({ repeater: [{ host: 'no-such-host.invalid', port: 8125 }] });
      repeater.packets({ ...packet('a:1|c'), lostBefore: 4 });
      await until(() => repeater.problem !== undefined);
      await repeater.write();
      await repeater.write();
      expect(log).to.have.length(1);
      expect(log[0]).to.match(
        /^WARN repeater: 5 packets were lost: no-such-host\.invalid port 8125: .*getaddrinfo/,
      );
    });
  });

  describe('over TCP', () => {
    it('sends every packet behind the last, each with a line feed', async () => {
      const sink = new TcpSink();
      const port = await sink.listen();
      const repeater = repeaterOf({ repeater: [{ host: '127.0.0.1', port }], repeaterProtocol: 'tcp' });
      repeater.packets(packet('before:1|c'));
      await until(() => sink.openBytes > 0);
      repeater.packets({ ...packet(`a:1|c${odd}`), ends: Uint32Array.of(5, 5 + Buffer.byteLength(odd)) });
      await repeater.close();
      running = [];
      expect(sink.ended.map(String)).to.deep.equal([`before:1|c\na:1|c\n${odd}\n`]);
      await sink.close();
    });

    it('keeps packets while there is no connection, and connects again', async () => {
      const first = new TcpSink();
      const port = await first.listen();
      const repeater = repeaterOf({ repeater: [{ host: '127.0.0.1', port }], repeaterProtocol: 'tcp' });
      repeater.packets(packet('one:1|c'));
      await until(() => first.openBytes > 0);
      await first.close();
      await until(() => repeater.problem !== undefined);
      repeater.packets(packet('two:1|c'));
      const second = new TcpSink();
      await second.listen(port);
      await until(() => second.openBytes > 0);
      expect(repeater.problem).to.equal(undefined);
      await repeater.close();
      running = [];
      expect((await second.received(0)).toString()).to.equal('two:1|c\n');
      await second.close();
    });

    it('loses what finds no more room, and says how much', async () => {
      const sink = new TcpSink();
      const port = await sink.listen();
      await sink.close();
      const repeater = repeaterOf({ repeater: [{ host: '127.0.0.1', port }], repeaterProtocol: 'tcp' });
      const large = packet('x'.repeat(1024 * 1024));
      for (let i = 0; i < 10; i += 1) repeater.packets(large);
      await until(() => repeater.problem !== undefined);
      await repeater.write();
      expect(log[0]).to.match(/^WARN repeater: 3 packets were lost: 127\.0\.0\.1 port \d+: .*ECONNREFUSED/);
    });
  });

  it('refuses places that nothing can be sent to', () => {
    expect(() => repeaterSettings({ repeater: [{ host: 'h' }] })).to.throw(
      'repeater: {"host":"h"} is no place to send to: write { host: "10.0.0.1", port: 8125 }',
    );
    expect(() => repeaterSettings({ repeater: 'h:1' })).to.throw('repeater: "h:1" is no list of places');
  });
});
