import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { expect } from 'chai';
import { Owner } from '../../lib/storage/sqlite/owner.js';
import { Goodall, report, rowOf } from '../support/goodall.js';
import { type Finished, type ProgramName, run } from '../support/program.js';
import { temporaryFolder } from '../support/temporary.js';

const quiet = ['--address', '127.0.0.1', '--port', '0', '--http-port', '0', '--mgmt-port', '0', '--no-probe'];

/** Expects a program to have ended with the code and one line on standard error that holds all the words. */
function expectFailure(
  finished: Finished,
  program: ProgramName,
  code: number,
  words: readonly string[],
): void {
  expect(finished.code, finished.stderr).to.equal(code);
  expect(finished.stderr).to.match(new RegExp(`^${program}: [^\\n]+\\n$`));
  for (const word of words) expect(finished.stderr).to.include(word);
}

describe('the server ends with', () => {
  const folder = temporaryFolder();

  it('1 when the folder of the database is not there', async () => {
    const db = folder.file('missing/goodall.db');
    expectFailure(await run('goodall', ['--db', db, ...quiet]), 'goodall', 1, [db]);
  });

  it('1 when the database is a folder', async () => {
    mkdirSync(folder.file('goodall.db'));
    expectFailure(await run('goodall', ['--db', folder.file('goodall.db'), ...quiet]), 'goodall', 1, [
      folder.file('goodall.db'),
    ]);
  });

  it('1 when the file is no database, and leaves it as it was', async () => {
    const db = folder.file('goodall.db');
    const text = 'not a database, but forty-two kilobytes of prose\n'.repeat(900);
    writeFileSync(db, text);
    expectFailure(await run('goodall', ['--db', db, ...quiet]), 'goodall', 1, [db]);
    expect(readFileSync(db, 'utf8')).to.equal(text);
  });

  it('1 when the folder cannot be written to', async function () {
    // A folder that even root cannot write to.
    if (process.platform !== 'linux') return this.skip();
    expectFailure(await run('goodall', ['--db', '/proc/goodall.db', ...quiet]), 'goodall', 1, [
      '/proc/goodall.db',
    ]);
  });

  it('1 when another server writes the database, and says which', async () => {
    const server = await Goodall.start(folder.file('goodall.db'));
    symlinkSync(server.db, folder.file('link.db'));
    for (const db of [server.db, folder.file('link.db')]) {
      const words = [
        server.db,
        `process id ${server.program.pid} `,
        `udp 127.0.0.1:${server.udpPort}`,
        '--db',
      ];
      expectFailure(await run('goodall', ['--db', db, ...quiet]), 'goodall', 1, words);
    }
    await server.stop('SIGKILL');
    expect((await (await Goodall.start(server.db)).stop()).code).to.equal(0);
  });

  it('1 when the database is damaged, unless it was told to recover', async () => {
    const first = await Goodall.start(folder.file('goodall.db'));
    await first.send(['hits:1|c']);
    await first.stop();
    truncateSync(first.db, 20_000);
    const words = [first.db, 'damaged', '--db-recover'];
    expectFailure(await run('goodall', ['--db', first.db, ...quiet]), 'goodall', 1, words);
    const second = await Goodall.start(first.db, ['--db-recover']);
    await second.send(['hits:5|c']);
    const { code, stderr } = await second.stop();
    expect(code).to.equal(0);
    expect(stderr).to.match(/it was damaged, and was moved to .*goodall\.db\.damaged-/);
    expect(rowOf(await report(first.db), 'hits')).to.include({ sum: 5 });
  });

  it('2 when the database is of a newer version, and leaves it as it was', async () => {
    const server = await Goodall.start(folder.file('goodall.db'));
    await server.stop();
    const owner = await Owner.open(server.db, 'create', 1000);
    await owner.exclusive((session) => session.exec('PRAGMA user_version = 99'));
    await owner.close();
    const before = readFileSync(server.db);
    const words = [server.db, 'newer', '--db'];
    expectFailure(await run('goodall', ['--db', server.db, ...quiet]), 'goodall', 2, words);
    expect(readFileSync(server.db).equals(before)).to.equal(true);
  });

  it('10 when another program has the UDP port', async () => {
    const other = createSocket('udp4');
    other.bind(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address();
    const args = ['--db', folder.file('goodall.db'), ...quiet, '--port', String(port)];
    expectFailure(await run('goodall', args), 'goodall', 10, ['UDP', '127.0.0.1', String(port), '--port']);
    other.close();
  });

  it('11 when another program has the HTTP port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const args = ['--db', folder.file('goodall.db'), ...quiet, '--http-port', String(port)];
    expectFailure(await run('goodall', args), 'goodall', 11, ['127.0.0.1', String(port)]);
    other.close();
  });

  it('11 when another program has the port of the management console', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const args = ['--db', folder.file('goodall.db'), ...quiet, '--mgmt-port', String(port)];
    const words = ['127.0.0.1', String(port), '--mgmt-port'];
    expectFailure(await run('goodall', args), 'goodall', 11, words);
    other.close();
  });

  it('12 when the configuration file is wrong', async () => {
    const file = folder.file('goodall.yaml');
    writeFileSync(file, 'flush-interval: soon\n');
    const finished = await run('goodall', [file, '--db', folder.file('goodall.db'), ...quiet]);
    expectFailure(finished, 'goodall', 12, [file, 'flush-interval', 'soon', 'milliseconds']);
  });

  it('64 when a flag does not exist', async () => {
    expectFailure(await run('goodall', ['--prot', '1']), 'goodall', 64, ['--port']);
  });
});

describe('the report ends with', () => {
  const folder = temporaryFolder();

  it('1 when there is no such database', async () => {
    const db = folder.file('none.db');
    expectFailure(await run('goodall-report', ['--db', db]), 'goodall-report', 1, [db]);
  });

  it('13 when nothing matches, and says what there is', async () => {
    const server = await Goodall.start(folder.file('goodall.db'));
    await server.send(['api.latency:1|ms']);
    await server.stop();
    const finished = await run('goodall-report', ['--db', server.db, 'api.latancy']);
    expectFailure(finished, 'goodall-report', 13, ['api.latancy', 'api.latency']);
  });

  it('64 when a duration is none', async () => {
    const finished = await run('goodall-report', ['--db', folder.file('x.db'), '--since', 'yore']);
    expectFailure(finished, 'goodall-report', 64, ['since', 'yore']);
  });
});

describe('the probe ends with', () => {
  it('64 when a flag has no such value', async () => {
    expectFailure(await run('goodall-probe', ['--port', 'x']), 'goodall-probe', 64, ['port', 'x']);
  });
});
