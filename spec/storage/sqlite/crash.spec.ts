import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { exportDatabase } from '../../../lib/storage/sqlite/export.js';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { SqliteReader } from '../../../lib/storage/sqlite/reader.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { Random } from '../../support/mutated-datagrams.js';
import { root } from '../../support/source-files.js';
import { temporaryFolder } from '../../support/temporary.js';

const program = join(root, 'dist/spec/storage/tiers-program.js');
/** The long run has hundreds. */
const crashes = Number(process.env.GOODALL_CRASHES ?? 6);
/** Where the kills fall; another seed tries other places. */
const seed = Number(process.env.GOODALL_CRASH_SEED ?? 20260101);
const flushes = 24;

/** Runs the program to its end, natural or not. The flushes it says it has written, and its last word. */
function live(
  path: string,
  first: number,
  deadly: number,
): Promise<{ written: number; ended: boolean; statements: number }> {
  const child = spawn(process.execPath, [program, path, ...[first, flushes, deadly].map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return new Promise((resolve) =>
    child.on('close', () => {
      const written = [...text.matchAll(/^\d+$/gm)].map(([line]) => Number(line)).at(-1);
      const end = /end after (\d+)/.exec(text);
      resolve({
        written: (written ?? first - 1) + 1,
        ended: end !== null,
        statements: Number(end?.[1] ?? 0),
      });
    }),
  );
}

/** Everything that is known, by what it means, points in rows and in blocks alike: as text. */
async function content(path: string): Promise<string[]> {
  const lines: string[] = [];
  const owner = await Owner.open(path, 'read', 1000);
  try {
    expect(await owner.all('PRAGMA integrity_check')).to.deep.equal([{ integrity_check: 'ok' }]);
    const [blocks] = await owner.all<{ count: number }>('SELECT count(*) AS count FROM block');
    expect(blocks?.count).to.be.above(10);
    const hours = await owner.all<{ whole: number }>('SELECT * FROM flush_hour');
    expect(hours.some(({ whole }) => whole === 1)).to.equal(true);
    lines.push(...hours.map((hour) => JSON.stringify(hour)));
  } finally {
    await owner.close();
  }
  await exportDatabase(path, (line) => void lines.push(line));
  return lines.sort();
}

/** That every hour of flushes that counts as added up is what they add up to. */
async function expectRightHours(path: string): Promise<void> {
  const owner = await Owner.open(path, 'create', 1000);
  try {
    const wrong = await owner.all(
      `SELECT hour_ms FROM flush_hour AS h WHERE whole = 1 AND (flushes, start_ms, interval_ms) IS NOT (
         SELECT count(*), min(start_ms), sum(interval_ms) FROM flush
         WHERE start_ms >= h.hour_ms AND start_ms < h.hour_ms + 3600000)`,
    );
    expect(wrong).to.deep.equal([]);
    const unknown = await owner.all(
      'SELECT start_ms FROM flush WHERE start_ms / 3600000 * 3600000 NOT IN (SELECT hour_ms FROM flush_hour)',
    );
    expect(unknown).to.deep.equal([]);
  } finally {
    await owner.close();
  }
}

describe('a server that is killed between any two statements', () => {
  const directory = temporaryFolder();

  it('leaves a database that comes to the same content as without', async function () {
    this.timeout(60_000 + crashes * 3_000);
    const whole = directory.file('whole.db');
    const { statements } = await live(whole, 0, 0);
    expect(statements).to.be.above(1000);
    const expected = await content(whole);
    expect(expected).to.have.length.above(60);
    const random = new Random(seed);
    let path = '';
    let first = 0;
    for (let killed = 0; killed < crashes; killed += 1) {
      if (path === '' || first >= flushes - 1) {
        if (path !== '') await finish(path, first, expected);
        path = directory.file(`${killed}.db`);
        first = 0;
      }
      const deadly = 1 + random.below(Math.floor(statements / 3));
      const { written, ended } = await live(path, first, deadly);
      if (written > 0) await expectRightHours(path);
      // The next life hands over the flush again whose fate it does not know, as a server's outbox would.
      first = ended ? flushes : written;
    }
    await finish(path, first, expected);
  });

  it('leaves a file that the next one makes its database of, when it had hardly begun', async () => {
    for (const deadly of [2, 4, 6, 8, 10, 12]) {
      const path = directory.file(`begun-${deadly}.db`);
      expect((await live(path, 0, deadly)).ended).to.equal(false);
      await (await SqliteStore.open(path)).close();
      await (await SqliteReader.open(path)).close();
    }
  });

  async function finish(path: string, first: number, expected: readonly string[]): Promise<void> {
    const { ended } = await live(path, first, 0);
    expect(ended).to.equal(true);
    expect(await content(path)).to.deep.equal(expected);
  }
});
