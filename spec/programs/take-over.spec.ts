import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { Owner } from '../../lib/storage/sqlite/owner.js';
import { loadLibc } from '../../lib/transport/libc.js';
import { takeOverUnderLoad } from '../bench/server/take-over.js';
import { Goodall, report, rowOf } from '../support/goodall.js';
import { run } from '../support/program.js';
import { temporaryFolder } from '../support/temporary.js';

/** Sends to a UDP port and a unix socket for datagrams until its input ends, and says how many it sent to each. */
const steadySender = `
import select, socket, sys, time
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.connect(("127.0.0.1", int(sys.argv[1])))
unix = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
unix.connect(sys.argv[2])
n = 0
while not select.select([sys.stdin], [], [], 0)[0]:
    for i in range(20):
        udp.send(b"hits:1|c\\nlevel:+1|g")
        unix.send(b"unix:1|c")
        n += 1
    time.sleep(0.01)
print(n)
`;

describe('a server that takes over from another', () => {
  const folder = temporaryFolder();
  const started: Goodall[] = [];

  before(function () {
    try {
      loadLibc();
    } catch {
      this.skip();
    }
  });

  afterEach(async () => {
    for (const server of started.splice(0)) await server.stop('SIGKILL');
  });

  const start = async (...args: string[]) => {
    const server = await Goodall.start(folder.file('goodall.db'), ['--take-over', ...args]);
    started.push(server);
    return server;
  };

  it('loses none of 20,000 datagrams a second', async () => {
    const { sent, received, dropped, droppedBefore, counterSum, exitCodes } = await takeOverUnderLoad(
      20_000,
      4,
      1,
    );
    expect(exitCodes).to.deep.equal([0, 0]);
    expect({ received, dropped }).to.deep.equal({
      received: sent.datagrams - droppedBefore,
      dropped: droppedBefore,
    });
    // What a machine under load drops before has sums of its own.
    expect(counterSum).to.be.at.most(sent.counterSum);
    if (droppedBefore === 0) expect(counterSum).to.equal(sent.counterSum);
  });

  it('goes on with all its sockets, and with what gauges were', async function () {
    // Three servers start, one after the other, on a machine that may be busy.
    this.timeout(60_000);
    const [lines, datagrams] = [folder.file('lines.sock'), folder.file('datagrams.sock')];
    const listen = ['tcp://127.0.0.1:0', `unix:${lines}`, `unixgram:${datagrams}?dialect=dogstatsd`];
    const args = listen.flatMap((text) => ['--listen', text]);
    const older = await start(...args);
    const tcpPort = Number(/tcp 127\.0\.0\.1:(\d+)/.exec(older.program.stdout)?.[1]);
    const client = connect(tcpPort, '127.0.0.1');
    await once(client, 'connect');
    const untilSent = new Promise<void>((resolve) => client.write('tcp:1|c\n', () => resolve()));
    const sender = spawn('python3', ['-c', steadySender, String(older.udpPort), datagrams], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let sent = '';
    sender.stdout.on('data', (text) => {
      sent += text;
    });
    await untilSent;
    let newer = older;
    for (let i = 0; i < 2; i++) {
      const before = newer;
      newer = await start(...args);
      expect((await before.program.finished).code, before.program.stderr).to.equal(0);
      expect(newer.udpPort).to.equal(older.udpPort);
    }
    execFileSync('nc', ['-q1', '127.0.0.1', String(tcpPort)], { input: 'tcp:2|c' });
    execFileSync('nc', ['-q1', '-U', lines], { input: 'stream:4|c' });
    sender.stdin.end();
    await once(sender, 'close');
    expect((await newer.stop()).code).to.equal(0);
    const got = await report(folder.file('goodall.db'));
    const count = Number(sent);
    expect(rowOf(got, 'hits').sum).to.equal(count).and.to.be.above(0);
    expect(rowOf(got, 'level').last).to.equal(count);
    expect(rowOf(got, 'unix').sum).to.equal(count);
    expect(rowOf(got, 'tcp').sum).to.equal(3);
    expect(rowOf(got, 'stream').sum).to.equal(4);
    expect([lines, datagrams].map((path) => existsSync(path))).to.deep.equal([false, false]);
  });

  it('starts as usual when there is none, and lets only its own user take over', async () => {
    const server = await start();
    expect(server.program.stderr).to.include('starting as usual');
    const control = `${server.db}-control`;
    expect(lstatSync(control).mode & 0o777).to.equal(0o600);
    await server.stop();
    expect(existsSync(control)).to.equal(false);
  });

  it('says what is wrong with the database, as ever', async () => {
    const db = folder.file('missing/goodall.db');
    const { code, stderr } = await run('goodall', ['--db', db, '--take-over', '--port', '0', '--no-probe']);
    expect([code, stderr.includes(db)]).to.deep.equal([1, true]);
  });

  it('leaves the other one alone when it cannot start itself', async () => {
    const older = await start();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const taken = ['--db', older.db, '--take-over', '--port', '0', '--address', '127.0.0.1'];
    const failed = await run('goodall', [
      ...taken,
      '--listen',
      'udp://192.0.2.1:0',
      '--http-port',
      String(port),
    ]);
    expect(failed.code).to.equal(10);
    other.close();
    await older.send(['still:1|c']);
    expect((await older.stop()).code).to.equal(0);
    expect(rowOf(await report(older.db), 'still')).to.include({ sum: 1 });
  });

  it('leaves the other one all its datagrams when it fails late', async () => {
    const older = await start('--listen', 'udp://127.0.0.1:0?dialect=dogstatsd');
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const taken = [
      '--db',
      older.db,
      '--take-over',
      '--port',
      String(older.udpPort),
      '--address',
      '127.0.0.1',
    ];
    let hasFailed = false;
    const failing = run('goodall', [...taken, '--no-probe', '--listen', `tcp://127.0.0.1:${port}`]).finally(
      () => {
        hasFailed = true;
      },
    );
    let sent = 0;
    for (; !hasFailed; sent++) {
      await older.send(['mine:1|c']);
      await setTimeout(1);
    }
    expect((await failing).code).to.equal(11);
    other.close();
    expect((await older.stop()).code).to.equal(0);
    expect(rowOf(await report(older.db), 'mine').sum).to.equal(sent);
  });

  it('may be killed in the middle of it, and the other one still writes its last flush', async () => {
    const older = await start();
    await older.send(['last:1|c']);
    const newer = connect(`${older.db}-control`);
    newer.write('sockets 1\n');
    await once(newer, 'data');
    newer.pause();
    newer.write('go\n');
    // What it never reads makes the connection break off and not just end.
    await setTimeout(300);
    newer.destroy();
    expect((await older.program.finished).code, older.program.stderr).to.equal(0);
    expect(rowOf(await report(older.db), 'last').sum).to.equal(1);
  });

  it('goes on without HTTP when only that cannot be opened any more', async () => {
    const older = await start();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const newer = await start('--http-port', String(port));
    expect((await older.program.finished).code).to.equal(0);
    expect(newer.program.stderr).to.include(String(port));
    other.close();
    await newer.send(['still:1|c']);
    expect((await newer.stop()).code).to.equal(0);
    expect(rowOf(await report(newer.db), 'still').sum).to.equal(1);
  });

  it('is refused while flushes wait that would be lost', async function () {
    // SQLite waits two seconds for a lock before it says so.
    this.timeout(30_000);
    const older = await start('--flush-interval', '200');
    const holder = await Owner.open(older.db, 'create', 5000);
    await holder.exclusive((session) => session.exec('BEGIN IMMEDIATE'));
    await older.send(['waits:1|c']);
    while (!older.program.stderr.includes('cannot write')) await setTimeout(20);
    const refused = await run('goodall', ['--db', older.db, '--take-over', '--port', '0', '--no-probe']);
    expect([refused.code, refused.stderr.includes('would be lost')]).to.deep.equal([1, true]);
    await holder.close();
    expect((await older.stop()).code).to.equal(0);
    expect(rowOf(await report(older.db), 'waits').sum).to.equal(1);
  });

  it('closes what it has no listener for, and says so', async () => {
    const path = folder.file('lines.sock');
    const older = await start('--listen', `unix:${path}`);
    const newer = await start();
    expect((await older.program.finished).code).to.equal(0);
    expect(newer.program.stderr).to.include(path);
    const client = connect(path);
    const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).to.be.oneOf(['ECONNREFUSED', 'ENOENT']);
    expect((await newer.stop()).code).to.equal(0);
  });
});
