import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect } from 'chai';
import { type ClientOptions, StatsD } from 'hot-shots';
import { loadLibc } from '../../lib/transport/libc.js';
import { freePort } from '../support/free-port.js';
import { Goodall, report, rowOf } from '../support/goodall.js';
import { run } from '../support/program.js';
import { temporaryFolder } from '../support/temporary.js';

const hour = ['--flush-interval', '3600000'];

/** What hot-shots sends, whatever its way. */
async function speak(options: ClientOptions): Promise<void> {
  const errors: Error[] = [];
  const client = new StatsD({ errorHandler: (error) => errors.push(error), ...options });
  client.increment('hits', 3, { route: 'home' });
  client.gauge('level', 12.5);
  client.timing('latency', 250);
  client.set('users', 'ann');
  await new Promise<void>((resolve) => client.close(() => resolve()));
  expect(errors).to.deep.equal([]);
}

async function expectHeard(db: string): Promise<void> {
  const got = await report(db);
  expect(rowOf(got, 'hits')).to.deep.include({ type: 'counter', sum: 3, tags: { route: 'home' } });
  expect(rowOf(got, 'level')).to.include({ type: 'gauge', last: 12.5 });
  expect(rowOf(got, 'latency')).to.include({ type: 'timer', count: 1, min: 250 });
  expect(rowOf(got, 'users')).to.include({ type: 'set', count: 1 });
}

/** Runs Python, which has every kind of socket. */
function python(script: string, ...args: string[]): void {
  execFileSync('python3', ['-c', `import socket, sys, time\n${script}`, ...args]);
}

async function pipedTo(program: string, args: readonly string[], text: string): Promise<void> {
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.end(text);
  await once(child, 'close');
}

function has(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function hasLibc(): boolean {
  try {
    loadLibc();
    return true;
  } catch {
    return false;
  }
}

/** The addon that hot-shots sends unix datagrams through; it is native and not built everywhere. */
function hasUnixDgram(): boolean {
  try {
    createRequire(import.meta.url)('unix-dgram');
    return true;
  } catch {
    return false;
  }
}

for (const transport of ['auto', 'dgram']) {
  describe(`a server that listens for more than UDP, with the transport ${transport}`, () => {
    const folder = temporaryFolder();
    let server: Goodall;
    let port: number;
    let path: string;

    beforeEach(async () => {
      port = await freePort();
      path = folder.file('lines.sock');
      const listen = ['--listen', `tcp://127.0.0.1:${port}`, '--listen', `unix:${path}?mode=0600`];
      server = await Goodall.start(folder.file('goodall.db'), ['--transport', transport, ...listen, ...hour]);
    });

    afterEach(() => server.stop('SIGKILL'));

    it('says where, when it is up', () => {
      expect(server.program.stdout).to.include(`tcp 127.0.0.1:${port}, unix ${path}`);
    });

    it('hears hot-shots over TCP', async () => {
      await speak({ protocol: 'tcp', host: '127.0.0.1', port });
      expect((await server.stop()).code).to.equal(0);
      await expectHeard(server.db);
    });

    it('hears nc over TCP and over the unix socket, with or without a last line feed', async function () {
      if (!has('nc')) return this.skip();
      await pipedTo('nc', ['-q1', '127.0.0.1', String(port)], 'deploys:1|c\ndeploys:2|c');
      await pipedTo('nc', ['-q1', '-U', path], 'deploys:4|c\n');
      await server.stop();
      expect(rowOf(await report(server.db), 'deploys')).to.include({ sum: 7 });
      expect(existsSync(path)).to.equal(false);
    });

    it('hears Python, byte by byte, and bears clients that break off', async () => {
      const reset = 's.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\\1\\0\\0\\0\\0\\0\\0\\0")';
      python(
        `
def client():
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s
for i in range(20):
    s = client()
    s.sendall(b"lost:1|c\\nhalf:1|")
    ${reset}
    s.close()
s = client()
for byte in b"slow:1|c\\nslow:2|c":
    s.send(bytes([byte]))
s.close()
u = socket.socket(socket.AF_UNIX)
u.connect(sys.argv[2])
u.sendall(b"x" * 200000 + b"\\nunix:5|c\\n")
u.close()`,
        String(port),
        path,
      );
      await server.stop();
      const got = await report(server.db);
      expect(rowOf(got, 'slow')).to.include({ sum: 3 });
      expect(rowOf(got, 'unix')).to.include({ sum: 5 });
      expect(got.rows.some(({ name }) => name === 'half')).to.equal(false);
      const bad = await run('goodall-report', ['bad-lines', '--db', server.db, '--format', 'json']);
      expect(bad.stdout).to.include('too_long').and.include(`unix:${path}`);
    });

    it('counts what a client had sent when the server is stopped, and ends although the client stays', async () => {
      const client = connect(port, '127.0.0.1');
      client.on('error', () => {});
      await new Promise<void>((resolve) => {
        client.write('kept:1|c\n'.repeat(10_000), () => resolve());
      });
      expect((await server.stop()).code).to.equal(0);
      client.destroy();
      expect(rowOf(await report(server.db), 'kept')).to.include({ sum: 10_000 });
    });
  });
}

describe('a server that receives unix datagrams', () => {
  const folder = temporaryFolder();
  let server: Goodall;
  let path: string;

  before(function () {
    if (!hasLibc()) this.skip();
  });

  beforeEach(async () => {
    path = folder.file('datagrams.sock');
    const http = String(await freePort());
    const listen = ['--no-udp', '--listen', `unixgram:${path}?dialect=dogstatsd&mode=0666`];
    server = await Goodall.start(folder.file('goodall.db'), [...listen, '--http-port', http, ...hour]);
  });

  afterEach(() => server.stop('SIGKILL'));

  it('hears Python, more than a queue holds, and tells datagrams that are cut', async () => {
    python(
      `
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect(sys.argv[1])
for i in range(5000):
    s.send(b"hits:1|c\\nlevel:+5|g")
s.send(b"long:1|c\\n" + b"x" * 70000)`,
      path,
    );
    await server.stop();
    const got = await report(server.db);
    expect(rowOf(got, 'hits')).to.include({ sum: 5000 });
    expect(rowOf(got, 'long')).to.include({ sum: 1 });
    expect(rowOf(got, 'level'), "a sign is no change in the dialect's gauges").to.include({ last: 5 });
    expect(got.loss).to.deep.equal({ datagramsDropped: 0, datagramsReceived: 5001 });
    expect(existsSync(path)).to.equal(false);
  });

  it('tells its health by socket', async () => {
    const response = await fetch(`http://127.0.0.1:${server.httpPort}/healthz`);
    const { listeners } = (await response.json()) as { readonly listeners: readonly object[] };
    expect(listeners[0]).to.deep.equal({ name: 'unixgram', address: path, bound: true });
    expect(listeners.map((listener) => 'name' in listener && listener.name)).to.not.include('udp');
  });

  it('hears hot-shots', async function () {
    if (!hasUnixDgram()) return this.skip();
    await speak({ protocol: 'uds', path });
    await server.stop();
    await expectHeard(server.db);
  });
});

describe('a server whose further listener cannot be bound', () => {
  const folder = temporaryFolder();
  const quiet = [
    '--address',
    '127.0.0.1',
    '--port',
    '0',
    '--http-port',
    '0',
    '--mgmt-port',
    '0',
    '--no-probe',
  ];
  const start = (...listen: string[]) =>
    run('goodall', [
      '--db',
      folder.file('goodall.db'),
      ...quiet,
      ...listen.flatMap((text) => ['--listen', text]),
    ]);

  it('ends with 10 for UDP and 11 for the others, and says which', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const tcp = await start('udp://127.0.0.1:0', `tcp://127.0.0.1:${port}`);
    expect([tcp.code, tcp.stderr.trimEnd().split('\n')]).to.satisfy(
      ([code, lines]: [number, string[]]) =>
        code === 11 && lines.length === 1 && lines[0]!.includes(String(port)),
    );
    other.close();
    const unix = await start(`unix:${folder.file('missing/x.sock')}`);
    expect(unix.code).to.equal(11);
    expect(unix.stderr).to.match(/^goodall: [^\n]*missing\/x\.sock[^\n]*folder[^\n]*\n$/);
    const udp = await start('udp://192.0.2.1:0');
    expect(udp.code).to.equal(10);
    expect(udp.stderr).to.match(/^goodall: [^\n]*192\.0\.2\.1[^\n]*\n$/);
  });

  it('ends with 12 when there is nothing to listen on', async () => {
    const { code, stderr } = await run('goodall', ['--db', folder.file('goodall.db'), ...quiet, '--no-udp']);
    expect(code).to.equal(12);
    expect(stderr).to.include('--listen');
  });
});
