import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { freePort } from '../support/free-port.js';
import { Goodall, report, rowOf } from '../support/goodall.js';
import { run } from '../support/program.js';
import { temporaryFolder } from '../support/temporary.js';

/** Names that the attacker invents; the long run has a million. */
const names = Number(process.env.GOODALL_ATTACK_NAMES ?? 60_000);
const maxSeries = 2000;
const knownSeries = 200;
/** Names in a datagram: so many come to be read before the next are sent. */
const namesPerDatagram = 40;
const datagramsPerTurn = 50;

const known = (i: number): string => `known.${String(i).padStart(4, '0')}`;

/** Resident memory of a process, in MiB. */
function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

describe('a server whose names explode', () => {
  const folder = temporaryFolder();

  it('stays within its memory, keeps known series whole, and says who it was', async function () {
    if (process.platform !== 'linux') this.skip();
    this.timeout(120_000 + names);
    const args = ['--max-series', String(maxSeries), '--flush-interval', '500', '--http-port', '0'];
    const goodall = await Goodall.start(folder.file('x.db'), [...args, '--listen', 'tcp://127.0.0.1:0']);
    const tcp = Number(/tcp 127\.0\.0\.1:(\d+)/.exec(goodall.program.stdout)?.[1]);
    // Over TCP nothing is lost, so that counts are exact.
    const socket = connect(tcp, '127.0.0.1');
    const write = (text: string): Promise<void> =>
      new Promise((resolve, reject) =>
        socket.write(text, (error) => (error === undefined || error === null ? resolve() : reject(error))),
      );
    const everyKnown = Array.from({ length: knownSeries }, (_, i) => `${known(i)}:1|c\n`).join('');
    await write(everyKnown);
    let rounds = 1;
    let [before, most] = [0, 0];
    for (let name = 0; name < names; ) {
      let text = '';
      const turn = Math.min(names, name + namesPerDatagram * datagramsPerTurn);
      for (; name < turn; name += 1) text += `attack.${name}.login:1|c\n`;
      await write(text + everyKnown);
      rounds += 1;
      const now = residentMiB(goodall.program.pid);
      if (name >= maxSeries * 2 && before === 0) before = now;
      most = Math.max(most, now);
    }
    await new Promise<void>((resolve) => socket.end(resolve));
    const finished = await goodall.stop();
    expect(finished.code).to.equal(0);
    if (names > 100_000) console.log(`      RSS ${before} MiB once the table was full, at most ${most} MiB`);
    expect(most - before, 'MiB that the attack took').to.be.below(120);

    const answer = await report(goodall.db, ['--since', '1h']);
    for (let i = 0; i < knownSeries; i += 1) expect(rowOf(answer, known(i)).sum).to.equal(rounds);
    const attack = answer.rows.filter(({ name }) => !name.startsWith('known.'));
    expect(attack.reduce((sum, row) => sum + (row.sum ?? 0), 0)).to.equal(names);
    expect(answer.rows.length).to.be.at.most(maxSeries + maxSeries / 16 + 5);

    const { stdout } = await run('goodall-report', [
      'top',
      '--db',
      goodall.db,
      '--refused',
      '--format',
      'json',
    ]);
    const refused = JSON.parse(stdout) as { 'refused name': string; refused: number; sender: string }[];
    expect(refused[0]).to.include({ 'refused name': 'attack.*.login', sender: '127.0.0.1' });
    expect(refused.reduce((sum, row) => sum + row.refused, 0)).to.equal(names - (maxSeries - knownSeries));
    const warnings = finished.stderr.match(/series refused: .*/g) ?? [];
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(
      /^series refused: attack\.\*\.login had no room under max-series .*from 127\.0\.0\.1/,
    );
  });
});

describe('a server of which one name has too many series', () => {
  const folder = temporaryFolder();

  it('keeps the counts, sums and percentiles of the name right, and says by which tag it explodes', async () => {
    const users = 2000;
    const args = ['--max-series-per-name', '20', '--flush-interval', '500', '--listen', 'tcp://127.0.0.1:0'];
    const goodall = await Goodall.start(folder.file('x.db'), args);
    const tcp = Number(/tcp 127\.0\.0\.1:(\d+)/.exec(goodall.program.stdout)?.[1]);
    const socket = connect(tcp, '127.0.0.1');
    const lines = Array.from({ length: users }, (_, i) => {
      const tags = `user:u${i},zone:z${i % 2}`;
      return `took:${i + 1}|ms|#${tags}\nhits:2|c|#${tags}\nother:${i + 1}|ms|#zone:z${i % 2}\n`;
    });
    await new Promise<void>((resolve) => socket.end(lines.join(''), resolve));
    expect((await goodall.stop()).code).to.equal(0);
    const whole = await report(goodall.db, ['--since', '1h', '--group-by', '', '-p', '50,99']);
    expect(rowOf(whole, 'hits').sum).to.equal(2 * users);
    for (const name of ['took', 'other']) {
      const row = rowOf(whole, name);
      const sum = (users * (users + 1)) / 2;
      expect(row, name).to.include({ count: users, sum, min: 1, max: users });
      expect(row.percentiles?.['50'], name).to.be.closeTo(0.5 * users, 0.011 * 0.5 * users);
      expect(row.percentiles?.['99'], name).to.be.closeTo(0.99 * users, 0.011 * 0.99 * users);
    }
    const { rows } = await report(goodall.db, ['took', '--since', '1h']);
    expect(rows.filter(({ tags }) => tags.overflow === 'true')).to.have.length(1);
    expect(rows).to.have.length.of.at.most(21);
    expect((await report(goodall.db, ['other', '--since', '1h'])).rows).to.have.length(2);
    const top = ['top', '--db', goodall.db, '--refused', '--format', 'json'];
    const refused = JSON.parse((await run('goodall-report', top)).stdout) as Record<string, unknown>[];
    const took = refused.find((row) => row['refused name'] === 'took');
    expect(took).to.include({ tag: 'user', sender: '127.0.0.1' });
    const { stdout: found } = await run('goodall-report', ['doctor', '--db', goodall.db]);
    expect(found).to.match(
      /took had no room under max-series-per-name .* the tag user has .* from 127\.0\.0\.1/,
    );
  }).timeout(60_000);
});

interface Interval {
  readonly lines: number;
  readonly seriesLive: number;
}

const linesOf = (intervals: readonly Interval[]): number =>
  intervals.reduce((sum, { lines }) => sum + lines, 0);

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(20);
}

describe('a server whose series are idle', () => {
  const folder = temporaryFolder();

  it('lets them leave memory, and goes on with them when they come back', async () => {
    const args = ['--flush-interval', '100', '--idle-series', '200', '--http-port'];
    const goodall = await Goodall.start(folder.file('x.db'), [...args, String(await freePort())]);
    const written = async (): Promise<readonly Interval[]> => {
      const response = await fetch(`http://127.0.0.1:${goodall.httpPort}/api/v1/ingest`);
      const lines = (await response.text()).split('\n').filter((line) => line !== '');
      return lines.map((line) => JSON.parse(line) as Interval);
    };
    const names = Array.from({ length: 300 }, (_, i) => `passing.${i}:1|c`);
    for (let sent = 301; sent <= 3 * 301; sent += 301) {
      await goodall.send([names.slice(0, 150).join('\n'), names.slice(150).join('\n'), 'level:+10|g']);
      await until(async () => linesOf(await written()) >= sent);
      await until(async () => (await written()).at(-1)!.seriesLive === 0);
    }
    await goodall.stop();
    const answer = await report(goodall.db, ['--since', '1h']);
    expect(rowOf(answer, 'level').last).to.equal(30);
    const sums = answer.rows.filter(({ name }) => name.startsWith('passing.')).map(({ sum }) => sum);
    expect(sums).to.deep.equal(Array(300).fill(3));
  }).timeout(60_000);
});
