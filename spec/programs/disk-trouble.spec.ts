import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import type { CounterPartial, GaugePartial } from '../../lib/aggregate/partial.js';
import { Owner } from '../../lib/storage/sqlite/owner.js';
import { SqliteReader } from '../../lib/storage/sqlite/reader.js';
import { always, readAll } from '../contract/flushes.js';
import { useDisk, useMount } from '../storage/mounts.js';
import { freePort } from '../support/free-port.js';
import { Goodall } from '../support/goodall.js';
import { root } from '../support/source-files.js';
import { temporaryFolder } from '../support/temporary.js';
import { SteadySender } from './steady-sender.js';

interface Health {
  readonly status: string;
  readonly problems: readonly string[];
  readonly database: { readonly notes: readonly string[] };
}

/** A server under steady traffic. */
class Loaded {
  /** Those of the spec that runs. */
  static readonly running: Loaded[] = [];

  private constructor(
    readonly server: Goodall,
    readonly sender: SteadySender,
    private readonly httpPort: number,
  ) {}

  static async start(db: string, more: readonly string[] = []): Promise<Loaded> {
    const httpPort = await freePort();
    const args = [
      '--flush-interval',
      '200',
      '--retention',
      '200ms:1d,1s:2d',
      '--http-port',
      String(httpPort),
    ];
    const server = await Goodall.start(db, [...args, ...more]);
    const loaded = new Loaded(server, new SteadySender(server.udpPort), httpPort);
    Loaded.running.push(loaded);
    return loaded;
  }

  /** A server that a spec has left behind would write on. */
  static async endAll(): Promise<void> {
    for (const { server, sender } of Loaded.running.splice(0)) {
      await sender.stop();
      await server.stop('SIGKILL');
    }
  }

  async health(): Promise<Health> {
    return (await (await fetch(`http://127.0.0.1:${this.httpPort}/healthz`)).json()) as Health;
  }

  /** Waits until health says something; what it says then. */
  async says(wanted: (health: Health) => boolean): Promise<Health> {
    for (;;) {
      const health = await this.health();
      if (wanted(health)) return health;
      await wait(50);
    }
  }

  saysProblem(text: string): Promise<Health> {
    return this.says(({ problems }) => problems.some((problem) => problem.includes(text)));
  }

  isUp(): Promise<Health> {
    return this.says(({ status }) => status === 'up');
  }

  /** Ends sender and server, and expects every datagram in the database, once. */
  async expectAll(): Promise<void> {
    await this.sender.stop();
    expect((await this.server.stop()).code).to.equal(0);
    expect(await hitsIn(this.server.db)).to.deep.equal({ hits: this.sender.sent, level: this.sender.sent });
  }
}

afterEach(() => Loaded.endAll());

async function hitsIn(db: string): Promise<{ hits: number; level: number }> {
  const owner = await Owner.open(db, 'read', 1000);
  expect(await owner.all('PRAGMA integrity_check')).to.deep.equal([{ integrity_check: 'ok' }]);
  await owner.close();
  const reader = await SqliteReader.open(db);
  const points = await readAll(reader, ['hits', 'level'], always);
  await reader.close();
  const of = (wanted: string): object[] =>
    points.filter(({ name }) => name === wanted).map(({ partial }) => partial);
  const hits = (of('hits') as CounterPartial[]).reduce((sum, partial) => sum + partial.sum, 0);
  return { hits, level: (of('level') as GaugePartial[]).at(-1)?.last ?? 0 };
}

/** Another process with a lock on the database. */
async function lockedBy(db: string): Promise<ChildProcess> {
  const program = join(root, 'dist/spec/storage/busy-program.js');
  const child = spawn(process.execPath, [program, db], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout!, 'data');
  return child;
}

async function letGo(child: ChildProcess): Promise<void> {
  child.stdin?.end();
  await once(child, 'close');
}

describe('a server whose disk is full', () => {
  const mount = useMount(6_000_000);

  it('keeps what comes, says so, and writes it all when there is room', async function () {
    this.timeout(120_000);
    const loaded = await Loaded.start(mount.file('goodall.db'));
    const ballast: string[] = [];
    for (let bytes = 1_000_000; bytes >= 1000; ) {
      const name = mount.file(`ballast-${ballast.length}`);
      ballast.push(name);
      try {
        writeFileSync(name, Buffer.alloc(bytes));
      } catch {
        bytes /= 4;
      }
    }
    const health = await loaded.saysProblem('the disk is full');
    expect(health.problems[0]).to.contain('the database is not writable').and.contain('free some space');
    expect(health.database.notes[0]).to.match(/flushes that wait in memory: \d+/);
    for (const name of ballast) rmSync(name);
    await loaded.isUp();
    await loaded.expectAll();
  });
});

describe('a server whose disk breaks', () => {
  const disk = useDisk(32_000_000);

  it('keeps what comes while it can only be read, lets it be repaired, and writes it all then', async function () {
    this.timeout(120_000);
    const loaded = await Loaded.start(disk.file('goodall.db'));
    await wait(500);
    disk.breakDown();
    await loaded.saysProblem('read-only');
    disk.unmount();
    await loaded.saysProblem('is on another file system than before');
    disk.repair();
    await loaded.isUp();
    await loaded.expectAll();
  });

  it('keeps what comes while the disk hangs, says so, and writes it all when it answers', async function () {
    this.timeout(120_000);
    const loaded = await Loaded.start(disk.file('goodall.db'));
    await wait(500);
    disk.freeze();
    const { problems } = await loaded.saysProblem('the disk is slow, or does not answer');
    expect(problems.some((problem) => problem.includes('no flush was written for'))).to.equal(true);
    disk.thaw();
    await loaded.isUp();
    await loaded.expectAll();
  });
});

describe('a server whose database another process has locked', () => {
  const folder = temporaryFolder();

  it('keeps what comes, and writes it all when the lock is gone', async function () {
    this.timeout(120_000);
    const loaded = await Loaded.start(folder.file('goodall.db'));
    const other = await lockedBy(folder.file('goodall.db'));
    await loaded.saysProblem('another process has it locked');
    await letGo(other);
    await loaded.isUp();
    await loaded.expectAll();
  });

  it('says what is lost when it is stopped before the lock is gone, and ends with 1', async function () {
    this.timeout(120_000);
    const loaded = await Loaded.start(folder.file('goodall.db'));
    const other = await lockedBy(folder.file('goodall.db'));
    await loaded.saysProblem('another process has it locked');
    const { code, stderr } = await loaded.server.stop();
    await letGo(other);
    expect(code).to.equal(1);
    expect(stderr).to.match(
      /ERROR sqlite: \d+ flush(?:es)? could not be written: .*another process has it locked/,
    );
  });

  it('merges into longer buckets what would be too much, and says so', async function () {
    this.timeout(120_000);
    const loaded = await Loaded.start(folder.file('goodall.db'), ['--max-waiting', '6000']);
    const other = await lockedBy(folder.file('goodall.db'));
    const merged = ({ database }: Health) => database.notes.some((note) => note.includes('stretches of 1 s'));
    await loaded.says(merged);
    await wait(1500);
    await letGo(other);
    await loaded.isUp();
    await loaded.expectAll();
    expect(loaded.server.program.stderr).to.contain('merged into stretches of 1 s');
    expect(loaded.server.program.stderr).not.to.contain('gave up');
    const reader = await SqliteReader.open(loaded.server.db);
    const lengths = (await reader.ingest(always)).map(({ stepMs }) => stepMs);
    await reader.close();
    expect(Math.max(...lengths)).to.equal(1000);
  });
});

describe('a server whose database file is moved away', () => {
  const folder = temporaryFolder();

  it('goes on in a new one, and everything is in one of the two', async function () {
    this.timeout(120_000);
    const db = folder.file('goodall.db');
    const loaded = await Loaded.start(db);
    await wait(500);
    renameSync(db, folder.file('goodall.db.1'));
    const told = ({ database }: Health) => database.notes.some((note) => note.includes('was moved, deleted'));
    expect((await loaded.says(told)).status).to.equal('up');
    await wait(500);
    await loaded.sender.stop();
    expect((await loaded.server.stop()).code).to.equal(0);
    const [old, young] = [await hitsIn(folder.file('goodall.db.1')), await hitsIn(db)];
    expect(old.hits).to.be.above(0);
    expect(old.hits + young.hits).to.equal(loaded.sender.sent);
    expect(young.level).to.equal(loaded.sender.sent);
  });
});
