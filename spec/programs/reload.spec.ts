import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { ask } from '../admin/console-client.js';
import { freePorts } from '../support/free-port.js';
import { report, rowOf } from '../support/goodall.js';
import { Program } from '../support/program.js';
import { temporaryFolder } from '../support/temporary.js';

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function send(port: number, datagram: string): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise((resolve) => socket.send(datagram, port, '127.0.0.1', resolve));
  socket.close();
}

const timesIn = (text: string, part: string): number => text.split(part).length - 1;

describe('a server whose config file changes', () => {
  const folder = temporaryFolder();
  let program: Program;
  let before: number;
  let after: number;

  /** A file of statsd's that ends as given; the flush at the end of the server is the only one. */
  const text = (rest: string): string =>
    `{ address: '127.0.0.1', port: 0, 'http-port': 0, flushInterval: 3600000, db: '${folder.file('x.db')}', ${rest}`;
  const write = (rest: string): string => folder.write('config.js', text(rest));
  const said = (part: string): Promise<void> => until(() => program.stderr.includes(part));
  const start = async (args: readonly string[]): Promise<number> => {
    program = new Program('goodall', args);
    const [, port] = await program.waitFor(/server is up: udp [^ ]*:(\d+)/);
    return Number(port);
  };

  beforeEach(async () => {
    [before = 0, after = 0] = await freePorts(2);
  });
  afterEach(() => program.stop());

  it('takes it over, says what is different, and keeps its aggregates', async () => {
    const udp = await start([write(`mgmt_port: ${before}, title: 'one' }`)]);
    await send(udp, 'kept:1|c');
    while (!(await ask(before, 'counters\n')).includes('kept: 1'))
      await new Promise((resolve) => setTimeout(resolve, 20));
    write(`mgmt_port: ${after}, title: 'two', prefixStats: 'ours', maxSeries: 5 }`);
    await said('again, done');
    const lines = program.stderr.split('\n').filter((line) => line.includes(' config: '));
    expect(lines.map((line) => line.replace(/^\S+ /, ''))).to.deep.equal([
      `INFO config: mgmt-port: ${before} -> ${after}`,
      'WARN config: max-series: 1000000 -> 5 takes effect at the next start',
      'INFO config: title: "one" -> "two"',
      'INFO config: prefixStats: unset -> "ours"',
      `INFO config: read ${folder.file('config.js')} again, done`,
    ]);
    expect(await ask(after, 'counters\n')).to.include('kept: 1');
    const config = await ask(after, 'config\n');
    expect(config).to.include('prefixStats: ours\n').and.to.include('maxSeries: 1000000\n');
    expect(await ask(before, 'help\n').catch(({ code }) => code)).to.equal('ECONNREFUSED');
    await send(udp, 'kept:2|c');
    await program.stop();
    expect(rowOf(await report(folder.file('x.db')), 'kept')).to.include({ sum: 3 });
  });

  it('keeps what it has while the file is half written, says so once, and takes it when it is whole', async () => {
    await start([write(`mgmt_port: ${before} }`)]);
    write(`mgmt_port: ${after}, gra`);
    await said('what was read before stays in force');
    write(`mgmt_port: ${after}, gra `);
    program.signal('SIGHUP');
    await until(() => timesIn(program.stderr, 'stays in force') >= 2);
    expect(program.stderr).to.match(/ERROR config: .*config\.js, line 2: not a JavaScript object: /);
    expect(await ask(before, 'health\n')).to.equal('health: up\n');
    // Not by writing into it: as an editor does that saves beside the file and puts it in its place.
    renameSync(folder.write('new.js', text(`mgmt_port: ${after} }`)), folder.file('config.js'));
    await said('again, done');
    expect(await ask(after, 'health\n')).to.equal('health: up\n');
  });

  it('keeps what it has while the file is empty or gone, or its values are wrong', async () => {
    const file = write(`mgmt_port: ${before} }`);
    await start([file]);
    folder.write('config.js', '\n');
    program.signal('SIGHUP');
    await said(`${file} is empty`);
    rmSync(file);
    program.signal('SIGHUP');
    await said(`cannot read the config file ${file}: ENOENT`);
    write('mgmt_port: 70000 }');
    program.signal('SIGHUP');
    await said('mgmt-port: 70000');
    write(`mgmt_port: ${before} }`);
    program.signal('SIGHUP');
    await said('again, nothing changed');
    expect(await ask(before, 'health\n')).to.equal('health: up\n');
  });

  it('says nothing but the fault of a file whose backend cannot be had, and keeps what it has', async () => {
    await start([write(`mgmt_port: ${before} }`)]);
    write(`mgmt_port: ${before}, title: 'two', backends: ['./no-such-module'] }`);
    await said('what was read before stays in force');
    const lines = program.stderr.split('\n').filter((line) => line.includes(' config: '));
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include('ERROR').and.to.include('no-such-module');
    expect(await ask(before, 'config\n')).to.not.include('title: two');
  });

  it('goes on listening where it did when the new address is taken', async () => {
    const holder = createServer().listen(after, '127.0.0.1');
    await once(holder, 'listening');
    const file = write(`mgmt_port: ${before} }`);
    await start([file]);
    write(`mgmt_port: ${after}, debug: true }`);
    await said('again, done');
    holder.close();
    expect(program.stderr)
      .to.include('ERROR config: cannot bind the management console')
      .and.to.include('EADDRINUSE');
    expect(await ask(before, 'config\n'))
      .to.include(`\nmgmt_port: ${before}\n`)
      .and.to.include('debug: true\n');
  });

  it('leaves it alone with automaticConfigReload off, but for SIGHUP', async () => {
    await start([write(`mgmt_port: ${before}, automaticConfigReload: false }`)]);
    const other = folder.write(
      'other.yaml',
      `mgmt-port: 0\nhttp-port: 0\nport: 0\nprobe: no\ndb: ${folder.file('y.db')}\n`,
    );
    const second = new Program('goodall', [other]);
    await second.waitFor(/server is up/);
    write(`mgmt_port: ${before}, automaticConfigReload: false, debug: true }`);
    folder.write(
      'other.yaml',
      `mgmt-port: 0\nhttp-port: 0\nport: 0\nprobe: no\ndebug: on\ndb: ${folder.file('y.db')}\n`,
    );
    await until(() => second.stderr.includes('again, done'));
    await second.stop();
    expect(program.stderr).to.not.include('config:');
    program.signal('SIGHUP');
    await said('INFO config: debug: unset -> true');
  });

  it('says that there is no file when it is asked to read one', async () => {
    const args = [
      '--port',
      '0',
      '--http-port',
      '0',
      '--mgmt-port',
      `${before}`,
      '--no-probe',
      '--db',
      folder.file('x.db'),
    ];
    await start(args);
    program.signal('SIGHUP');
    await said('config: SIGHUP: there is no config file to read again');
    expect(await ask(before, 'health\n')).to.equal('health: up\n');
  });

  it('has the title and the state of health that the file gives it', async () => {
    await start([write(`mgmt_port: ${before}, healthStatus: 'down', title: 'a title' }`)]);
    expect(await ask(before, 'health\n')).to.equal('health: down\n');
    expect(await ask(before, 'config\n')).to.include('\ntitle: a title\n');
  });

  it('writes the most frequent keys to the file that keyFlush names', async () => {
    const log = folder.file('keys.log');
    const rest = `mgmt_port: ${before}, keyFlush: { interval: 300, log: '${log}' } }`;
    const udp = await start([write(rest), '--flush-interval', '100']);
    await send(udp, 'b:1|c\na:1|c\na:5|ms\na:1|c');
    await until(() => existsSync(log) && readFileSync(log, 'utf8').includes('key=b'));
    expect(readFileSync(log, 'utf8')).to.match(/^.* count=3 key=a\n.* count=1 key=b\n$/m);
  });
});
