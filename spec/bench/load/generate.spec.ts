import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { Libc } from '../../../lib/transport/libc.js';
import { libcOrSkip, listening, receiveTexts } from '../../transport/fixture.js';
import type { Sent } from './generate.js';
import type { Received } from './receive-only.js';
import { Sender } from './sender.js';
import { buildTraffic } from './traffic.js';

const run = promisify(execFile);
const generator = new URL('./generate.js', import.meta.url).pathname;
const receiver = new URL('./receive-only.js', import.meta.url).pathname;

const generate = async (port: number, ...args: string[]): Promise<Sent> => {
  const { stdout } = await run(process.execPath, [generator, '--port', String(port), ...args]);
  return JSON.parse(stdout) as Sent;
};

describe('the load generator', () => {
  let libc: Libc;

  before(function () {
    libc = libcOrSkip(this);
  });

  for (const segment of [true, false]) {
    it(`delivers each datagram on its own ${segment ? 'when the kernel cuts them' : 'one by one'}`, () => {
      using server = listening(libc, { slots: 512 });
      const traffic = buildTraffic({ datagramBytes: 0, names: 100, tags: false });
      const target = { address: '127.0.0.1', port: server.socket.port, sockets: 1, segment };
      const sender = new Sender(libc, traffic, target);
      sender.send(200);
      sender.send(33);
      sender.close();
      expect(sender.sent).to.equal(233);
      const received = receiveTexts(server, 233);
      expect(received).to.have.lengthOf(233);
      expect(new Set(received.map((text) => text.length))).to.deep.equal(new Set([traffic.datagramBytes]));
      const expected = Buffer.from(traffic.bytes.slice(0, 233 * traffic.datagramBytes)).toString();
      expect(received.join('')).to.equal(expected);
    });
  }

  it('starts again at the first datagram after the last', () => {
    using server = listening(libc, { slots: 64 });
    const traffic = buildTraffic({ datagramBytes: 1432, names: 100, tags: false });
    const target = { address: '127.0.0.1', port: server.socket.port, sockets: 1, segment: true };
    const sender = new Sender(libc, traffic, target);
    sender.send(traffic.datagrams + 10);
    sender.close();
    const received = receiveTexts(server, traffic.datagrams + 10);
    expect(received).to.have.lengthOf(traffic.datagrams + 10);
    expect(received.slice(traffic.datagrams)).to.deep.equal(received.slice(0, 10));
  });

  it('waits out a receiver that is not there', () => {
    const { socket, ...server } = listening(libc);
    const port = socket.port;
    server[Symbol.dispose]();
    const traffic = buildTraffic({ datagramBytes: 0, names: 100, tags: false });
    const sender = new Sender(libc, traffic, { address: '127.0.0.1', port, sockets: 1, segment: false });
    // The refusal of one datagram comes as the failure of a later call; that one's datagram is sent again.
    let asked = 0;
    while (sender.refused === 0 && asked < 1000) {
      sender.send(1);
      asked++;
    }
    sender.close();
    expect(sender.refused).to.equal(1);
    expect(sender.sent).to.equal(asked);
  });

  it('prints exactly what it sent, at the rate it was asked for', async () => {
    using server = listening(libc, { slots: 512 });
    const sent = await generate(
      server.socket.port,
      '--rate',
      '2000',
      '--seconds',
      '0.1',
      '--datagram-bytes',
      '512',
    );
    expect(sent.datagrams + sent.skipped).to.equal(200);
    const received = receiveTexts(server, sent.datagrams);
    expect(server.receiver.drain()).to.equal(0);
    const lines = received.join('\n').split('\n');
    expect(lines).to.have.lengthOf(sent.lines);
    expect(lines.filter((line) => line.endsWith('|c'))).to.have.lengthOf(sent.counterLines);
    expect(sent.bytes).to.equal(received.join('').length);
  });

  it('refuses to run without a port', async () => {
    const failure = await run(process.execPath, [generator]).catch((error: unknown) => error);
    expect(String(failure)).to.include('--port is missing');
  });

  it('and the receive-only program agree on the count', async () => {
    const child = spawn(process.execPath, [receiver, '--quiet-ms', '50'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    const reader = createInterface(child.stdout);
    reader.on('line', (line) => lines.push(line));
    await once(reader, 'line');
    const port = Number(/:(\d+),/.exec(lines[0]!)?.[1]);
    const sent = await generate(port, '--rate', '3000', '--seconds', '0.1');
    await once(child, 'close');
    const received = JSON.parse(lines[1]!) as Received;
    expect(received.datagrams + received.drops).to.equal(sent.datagrams);
    expect(received.bytes).to.equal(received.datagrams * sent.datagramBytes);
  });
});
