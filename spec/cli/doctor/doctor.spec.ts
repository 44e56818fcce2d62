import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Finding } from '../../../lib/cli/doctor/finding.js';
import { serverFindings } from '../../../lib/cli/doctor/server-findings.js';
import { freePort } from '../../support/free-port.js';
import { Program, run } from '../../support/program.js';
import { temporaryFolder } from '../../support/temporary.js';

describe('goodall-report doctor', () => {
  const folder = temporaryFolder();

  async function findings(args: readonly string[]): Promise<{ code: number | null; found: Finding[] }> {
    const { code, stdout } = await run('goodall-report', ['doctor', '--format', 'json', ...args], {
      cwd: folder.path,
    });
    return { code, found: JSON.parse(stdout) };
  }

  const told = (found: readonly Finding[]): string[] =>
    found.map(({ level, subject, text }) => `${level} ${subject}: ${text}`);

  it('finds a running server well, and sends a packet the whole way', async () => {
    const port = await freePort();
    const args = ['--port', '0', '--address', '127.0.0.1', '--http-port', String(port), '--no-probe'];
    const further = ['udp://127.0.0.1:0', 'tcp://127.0.0.1:0', 'unix:stream.sock', 'unixgram:datagram.sock'];
    args.push(...further.flatMap((socket) => ['--listen', socket]));
    const server = new Program('goodall', [...args, '--flush-interval', '200', '--mgmt-port', '0'], {
      cwd: folder.path,
    });
    try {
      await server.waitFor(/server is up/);
      const { code, found } = await findings([]);
      const text = told(found).join('\n');
      expect(text).to.include(`ok server: answers at http://127.0.0.1:${port}, and finds itself well`);
      expect(text).to.match(
        /^note udp listener: is bound to 127\.0\.0\.1 port \d+: only programs on this host/m,
      );
      const packets = told(found).filter((line) => line.includes(' test packet: '));
      expect(packets.map((line) => line.replace(/port \d+/, 'port N'))).to.deep.equal([
        'ok test packet: to UDP 127.0.0.1 port N was received, flushed and read back',
        'ok test packet: to UDP 127.0.0.1 port N was received, flushed and read back',
        'ok test packet: to TCP 127.0.0.1 port N was received, flushed and read back',
        'ok test packet: to unix stream stream.sock was received, flushed and read back',
        'ok test packet: to unix datagram datagram.sock was received, flushed and read back',
      ]);
      expect(text).to.match(/^(?:ok|note) udp receive buffer: the kernel granted [\d.]+ [KM]iB/m);
      expect(text).to.match(/^ok database: goodall\.db takes /m);
      expect(text).to.match(/^ok clock: /m);
      const faults = found.filter(({ level }) => level === 'fault');
      expect(code).to.equal(faults.length === 0 ? 0 : 1);
    } finally {
      await server.stop();
    }
  });

  it('says what to do when there is neither server nor database', async () => {
    const port = await freePort();
    const { code, found } = await findings(['--url', `http://127.0.0.1:${port}`]);
    expect(code).to.equal(1);
    const faults = found.filter(({ level }) => level === 'fault');
    expect(faults.map(({ subject }) => subject)).to.deep.equal(['server', 'database']);
    for (const { text, remedy } of faults) expect(text).to.not.include(remedy);
    expect(faults[1]?.remedy).to.include('--db');
    const text = await run('goodall-report', ['doctor', '--url', `http://127.0.0.1:${port}`], {
      cwd: folder.path,
    });
    expect(text.stdout).to.match(
      /^FAULT {2}server: no server answers at .*ECONNREFUSED.*\n {7}-> start goodall/m,
    );
  });

  it('tells a stranger, a port that is not bound and a wrong clock', async () => {
    let body: unknown = { hello: 'world' };
    const http = createServer((_, response) => response.end(JSON.stringify(body)));
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
      expect(told((await serverFindings(url, Date.now)).findings)[0]).to.match(/is no goodall$/);
      const listeners = [{ name: 'udp', address: '0.0.0.0', port: 8125, bound: false }];
      body = { problems: ['the disk is full'], listeners, flush: { intervalSeconds: 10 } };
      const { findings: found } = await serverFindings(url, () => Date.now() + 90_000);
      expect(told(found).slice(0, 2)).to.deep.equal([
        'fault server: the disk is full',
        'fault udp listener: is not bound to 0.0.0.0 port 8125',
      ]);
      expect(told(found)[2]).to.match(/^fault clock: this host and the server are (?:89|90|91) s apart$/);
    } finally {
      http.close();
    }
  });

  it('refuses what is no address', async () => {
    const { code, stderr } = await run('goodall-report', ['doctor', '--url', 'localhost:8080']);
    expect(code).to.equal(64);
    expect(stderr).to.match(/--url: "localhost:8080" is no address; give one such as http/);
  });
});
