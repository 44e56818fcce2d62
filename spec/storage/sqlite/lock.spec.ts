import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import { DatabaseHeldError } from '../../../lib/errors.js';
import { DatabaseLock } from '../../../lib/storage/sqlite/lock.js';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { root } from '../../support/source-files.js';
import { temporaryFolder } from '../../support/temporary.js';

const program = join(root, 'dist/spec/storage/lock-program.js');

/** Another process with the lock of a file, or that asks for it. */
class Process {
  readonly ended: Promise<unknown>;
  private readonly child: ChildProcess;
  private text = '';

  constructor(path: string, waitMs = 0, wrapper: readonly string[] = []) {
    const [command = '', ...args] = [...wrapper, process.execPath, program, path, String(waitMs)];
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      this.text += part;
    });
    this.ended = once(this.child, 'close');
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** What it has said, once it has said something. */
  async said(): Promise<string> {
    while (!this.text.includes('\n')) {
      await Promise.race([
        this.ended.then(() => Promise.reject(new Error('it ended without a word'))),
        once(this.child.stdout!, 'data'),
      ]);
    }
    return this.text.trim();
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  async letGo(): Promise<void> {
    this.child.stdin?.end();
    await this.ended;
  }
}

const refusal = (path: string, waitMs?: number): Promise<Error> =>
  DatabaseLock.acquire(path, waitMs === undefined ? {} : { waitMs }).then(
    async (lock) => {
      await lock.release();
      return new Error('not refused');
    },
    (error: Error) => error,
  );

describe('the lock of a database', () => {
  const directory = temporaryFolder();
  let others: Process[];
  const start = (...given: ConstructorParameters<typeof Process>): Process => {
    const other = new Process(...given);
    others.push(other);
    return other;
  };

  beforeEach(() => {
    others = [];
  });
  afterEach(() => Promise.all(others.map((other) => other.kill())));

  it('is refused while another process has it, saying which', async () => {
    const path = directory.file('x.db');
    const other = start(path);
    expect(await other.said()).to.equal('held');
    const error = await refusal(path);
    expect(error).to.be.instanceOf(DatabaseHeldError);
    expect(error.message)
      .to.contain(path)
      .and.contain(`the server with process id ${other.pid} on ${hostname()}, running since 20`)
      .and.contain('listening on udp 127.0.0.1:8125')
      .and.contain('choose another file with --db');
  });

  it('is let go by a process that is killed', async () => {
    const path = directory.file('x.db');
    const other = start(path);
    await other.said();
    await other.kill();
    await (await DatabaseLock.acquire(path)).release();
  });

  it('is that of the file itself, by whatever path', async () => {
    mkdirSync(directory.file('real'));
    writeFileSync(directory.file('real/x.db'), '');
    symlinkSync(directory.file('real'), directory.file('folder'));
    symlinkSync('real/x.db', directory.file('link'));
    const other = start(directory.file('real/x.db'));
    await other.said();
    const names = ['folder/x.db', 'link', 'real/../folder/x.db'].map((name) => directory.file(name));
    for (const name of [...names, relative(process.cwd(), directory.file('link'))]) {
      expect(await refusal(name), name).to.be.instanceOf(DatabaseHeldError);
    }
  });

  it('is that of the file a link points to, before there is one', async () => {
    mkdirSync(directory.file('real'));
    symlinkSync('real/x.db', directory.file('link'));
    const other = start(directory.file('link'));
    await other.said();
    expect(await refusal(directory.file('real/x.db'))).to.be.instanceOf(DatabaseHeldError);
    expect(readdirSync(directory.file('real'))).to.deep.equal(['x.db-lock']);
  });

  it('goes to a process that waits, when the one before lets go or dies', async () => {
    const path = directory.file('x.db');
    const first = start(path);
    await first.said();
    const second = start(path, 60_000);
    const third = start(path, 60_000);
    await first.letGo();
    const next = await Promise.race([second, third].map((other) => other.said().then(() => other)));
    await next.kill();
    expect(await (next === second ? third : second).said()).to.equal('held');
  });

  it('is refused after the time to wait', async () => {
    const path = directory.file('x.db');
    await start(path).said();
    expect(await refusal(path, 150)).to.be.instanceOf(DatabaseHeldError);
  });

  it('keeps a process from itself, and is not lost when the process is refused', async () => {
    const path = directory.file('x.db');
    const lock = await DatabaseLock.acquire(path);
    await lock.announce(['udp 127.0.0.1:1']);
    expect((await refusal(path)).message).to.contain(`process id ${process.pid}`);
    const other = start(path);
    expect(await other.said()).to.contain('listening on udp 127.0.0.1:1');
    const waiting = DatabaseLock.acquire(path, { waitMs: 60_000 });
    await lock.release();
    await (await waiting).release();
  });

  it('keeps out a process in another namespace of process ids', async function () {
    const path = directory.file('x.db');
    const wrapper = ['unshare', '--pid', '--fork', '--kill-child'];
    const inside = start(path, 0, wrapper);
    const said = await inside.said().catch(() => undefined);
    // Where the system makes no namespaces.
    if (said === undefined) return this.skip();
    expect(said).to.equal('held');
    expect((await refusal(path)).message).to.contain('the server with process id 1 on ');
  });

  it('can be had when what is left of its file is no database', async () => {
    const path = directory.file('x.db');
    for (const rest of [Buffer.alloc(1024, 0xa5), Buffer.from('SQLite format 3\0')]) {
      writeFileSync(`${path}-lock`, rest);
      const lock = await DatabaseLock.acquire(path, { waitMs: 1000 });
      expect(await start(path).said()).to.contain(`process id ${process.pid}`);
      await lock.release();
    }
  });

  it('knows when its file is gone or another', async () => {
    const path = directory.file('x.db');
    const lock = await DatabaseLock.acquire(path);
    expect(await lock.isInPlace()).to.equal(true);
    renameSync(`${path}-lock`, directory.file('away'));
    expect(await lock.isInPlace()).to.equal(false);
    writeFileSync(`${path}-lock`, '');
    expect(await lock.isInPlace()).to.equal(false);
    await lock.release();
    rmSync(directory.file('away'));
  });

  it("is in nobody's way who reads or writes the database itself", async () => {
    const path = directory.file('x.db');
    await start(path).said();
    const owner = await Owner.open(path, 'create', 0);
    await owner.exclusive((session) => session.exec('CREATE TABLE t (x); INSERT INTO t VALUES (1)'));
    expect(await owner.all('SELECT x FROM t')).to.deep.equal([{ x: 1 }]);
    await owner.close();
  });
});
