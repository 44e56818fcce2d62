import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { MetricType } from '../../lib/metric.js';
import { textWidth } from '../../lib/report/text.js';
import { SqliteStore } from '../../lib/storage/sqlite/store.js';
import { buckets, flushesOf, type Sample, seriesOf } from '../query/samples.js';
import { run } from '../support/program.js';
import { root } from '../support/source-files.js';
import { temporaryFolder } from '../support/temporary.js';

const intervalMs = 10_000;

/** Samples of many series in the last minutes, a hostile name among them. */
function recentSamples(): { samples: Sample[]; starts: number[] } {
  const starts = buckets(Math.floor(Date.now() / intervalMs) * intervalMs - 200_000, 20, intervalMs);
  const samples = starts.flatMap((timeMs, i) => [
    ...Array.from({ length: 20 }, (_, n) => ({
      series: seriesOf('api.request.latency', MetricType.Timer, `route:/a/rather/long/route/${n},env:prod`),
      timeMs,
      value: i * n,
    })),
    { series: seriesOf('evil\u001b[2J\u009b', MetricType.Gauge, 'k:\u202e'), timeMs, value: 1 },
  ]);
  return { samples, starts };
}

describe('goodall-report', () => {
  const folder = temporaryFolder();

  async function database(name = 'goodall.db'): Promise<SqliteStore> {
    const store = await SqliteStore.open(folder.file(name));
    const { samples, starts } = recentSamples();
    for (const flush of flushesOf(samples, starts, { intervalMs })) await store.write(flush);
    return store;
  }

  it('reports the last hour of goodall.db without arguments, beside the program that writes it', async () => {
    const store = await database();
    const { code, stdout, stderr } = await run('goodall-report', [], { cwd: folder.path });
    await store.close();
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.match(/^\d{4}-\d\d-\d\d .* \(1 h\) · 21 series in goodall\.db\n10 s buckets · /);
    expect(stdout.match(/^api\.request\.latency /gm)).to.have.length(20);
  });

  it('fits the table to COLUMNS, and sends no control character to the terminal', async () => {
    await (await database()).close();
    const { stdout } = await run('goodall-report', [], { cwd: folder.path, env: { COLUMNS: '72' } });
    for (const line of stdout.split('\n')) expect(textWidth(line), line).to.be.at.most(72);
    expect(stdout.replaceAll('\n', '')).not.to.match(/[\p{Cc}\u202e]/u);
  });

  it('writes all of a long report into a pipe', async () => {
    await (await database()).close();
    const args = ['--format', 'json', '--step', '10s', '--until', '2099-01-01', '--since', '20m'];
    const { code, stdout } = await run('goodall-report', args, { cwd: folder.path });
    expect(code).to.equal(0);
    expect(JSON.parse(stdout).rows).to.have.length(20 * 21);
  });

  it('ends quietly when the reader of its pipe goes away', async () => {
    await (await database()).close();
    const program = join(root, 'dist/bin/goodall-report.js');
    // Makes the report several times as long as what the system takes into a pipe that nobody reads.
    const percentiles = Array.from({ length: 40 }, (_, i) => i).join();
    const args = [program, '--format', 'csv', '--step', '10s', '-p', percentiles];
    const child = spawn(process.execPath, args, { cwd: folder.path, stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString();
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  });

  it('describes itself, with examples, and names its version', async () => {
    const { code, stdout } = await run('goodall-report', ['--help']);
    expect(code).to.equal(0);
    for (const flag of [
      'db',
      'since',
      'until',
      'step',
      'type',
      'tag',
      'group-by',
      'percentiles',
      'sort',
      'limit',
    ]) {
      expect(stdout).to.contain(`--${flag} `);
    }
    expect(stdout).to.contain('Examples:').and.to.contain('13 nothing to report');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect((await run('goodall-report', ['--version'])).stdout).to.equal(`${version}\n`);
  });

  it('tells help whole through a pipe, into a file and to a socket, and does not mind who reads it', async () => {
    const { stdout } = await run('goodall-report', ['top', '--help']);
    const told = `"${process.execPath}" "${join(root, 'dist/bin/goodall-report.js')}" top --help`;
    const file = folder.file('help.txt');
    const shell = (script: string): string => execFileSync('sh', ['-c', script], { encoding: 'utf8' });
    expect(shell(`${told} | cat`))
      .to.equal(stdout)
      .and.to.match(/^goodall-report top /);
    shell(`${told} > "${file}"`);
    expect(readFileSync(file, 'utf8')).to.equal(stdout);
    expect(shell(`{ { ${told} 2>&3; echo $? >&3; } | true; } 3>&1`)).to.equal('0\n');
  });

  for (const [title, args, code, message] of [
    ['no such database', ['--db', 'none.db'], 1, /none\.db: there is no such file/],
    ['a file that is no database', ['--db', 'text'], 1, /not a SQLite database/],
    ['an unknown flag', ['--verbose'], 64, /Unknown argument: verbose/],
    ['a flag without its value', ['--since'], 64, /since/],
    ['a sort column that looks like a flag', ['--sort', '-p99'], 64, /--sort=-COLUMN/],
    ['a bad time', ['--since', 'yore'], 64, /--since: cannot read "yore"/],
    [
      'a format that there is not',
      ['--format', 'xml'],
      64,
      /the formats are table, json, jsonl, csv, tsv, markdown/,
    ],
  ] as const) {
    it(`ends with ${code} and one line for ${title}`, async () => {
      writeFileSync(
        folder.file('text'),
        'not a database, though long enough to hold a header of one'.repeat(5),
      );
      const finished = await run('goodall-report', args, { cwd: folder.path });
      expect(finished).to.include({ code, stdout: '' });
      expect(finished.stderr)
        .to.match(/^goodall-report: [^\n]+\n$/)
        .and.to.match(message);
    });
  }

  it('ends with 13 and one line when there is nothing to report', async () => {
    await (await SqliteStore.open(folder.file('goodall.db'))).close();
    const finished = await run('goodall-report', [], { cwd: folder.path });
    expect(finished).to.deep.equal({
      code: 13,
      stdout: '',
      stderr:
        'goodall-report: there are no series in goodall.db yet; is a server running that writes to it?\n',
    });
  });
});
