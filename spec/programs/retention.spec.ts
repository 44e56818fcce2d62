import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { Owner } from '../../lib/storage/sqlite/owner.js';
import { Goodall, report, rowOf } from '../support/goodall.js';
import { run } from '../support/program.js';
import { temporaryFolder } from '../support/temporary.js';

describe('a server with a short retention', () => {
  const folder = temporaryFolder();
  const args = ['--flush-interval', '200', '--retention', '200ms:2s,1s:1h'];

  it('rolls up and expires while it runs, and the report still adds up', async function () {
    this.timeout(60_000);
    const db = folder.file('a.db');
    const server = await Goodall.start(db, args);
    const owner = await Owner.open(db, 'read', 1000);
    const firstOf = async (stepMs: number): Promise<number | null> => {
      const sql = 'SELECT min(time_ms) AS first FROM counter_point WHERE step_ms = ?';
      return (await owner.all<{ first: number | null }>(sql, [stepMs]))[0]!.first;
    };
    let sent = 0;
    let first: number | null = null;
    try {
      // Until the first bucket of all is no longer held as it was flushed, but as a part of a longer one.
      for (;;) {
        await server.send(['hits:2|c', 'load:7|g', 'took:5|ms']);
        sent += 2;
        await wait(50);
        first ??= await firstOf(200);
        const rolledUp = await firstOf(1000);
        if (first !== null && rolledUp !== null && ((await firstOf(200)) ?? 0) > first) break;
      }
    } finally {
      await owner.close();
    }
    const { code, stderr } = await server.stop();
    expect({ code, stderr: stderr.includes('retention') }).to.deep.equal({ code: 0, stderr: false });
    const got = await report(db, ['--since', '1h']);
    expect(rowOf(got, 'hits').sum).to.equal(sent);
    expect(rowOf(got, 'took').count).to.equal(sent / 2);
    expect(rowOf(got, 'load').last).to.equal(7);
  });

  it('puts samples of the past into the tier that still keeps their time', async function () {
    this.timeout(60_000);
    const db = folder.file('c.db');
    const server = await Goodall.start(db, args);
    const pastS = Math.floor(Date.now() / 1000) - 600;
    await server.send([`hits:2|c|T${pastS}`, `hits:3|c|T${pastS}`, `took:5:7|ms|T${pastS}`, 'hits:1|c']);
    expect((await server.stop()).code).to.equal(0);
    const got = await report(db, ['--since', '1h', '--step', '1s']);
    const then = got.rows.filter(({ time }) => time !== undefined && Date.parse(time) === pastS * 1000);
    expect(rowOf({ ...got, rows: then }, 'hits').sum).to.equal(5);
    expect(rowOf({ ...got, rows: then }, 'took')).to.include({ count: 2, sum: 12, min: 5, max: 7 });
    expect(rowOf(await report(db, ['--since', '1h']), 'hits').sum).to.equal(6);
  });

  it('does not start with one that is wrong, or that its database cannot follow', async () => {
    const wrong = await run('goodall', ['--db', folder.file('b.db'), '--retention', '10s:24h,15s:30d']);
    expect(wrong.code).to.equal(12);
    expect(wrong.stderr).to.contain('retention: 10s:24h,15s:30d (from --retention)');
    const server = await Goodall.start(folder.file('b.db'), args);
    await server.stop();
    const shorter = ['--flush-interval', '200', '--retention', '200ms:1h'];
    const refused = await run('goodall', [
      '--db',
      folder.file('b.db'),
      '--http-port',
      '0',
      '--port',
      '0',
      ...shorter,
    ]);
    expect(refused.code).to.equal(12);
    expect(refused.stderr).to.contain('keep these as the last tiers');
  });
});
