import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import { allCommands } from '../../../lib/cli/report/commands.js';
import { helpOf } from '../../../lib/cli/report/help.js';
import { MetricType } from '../../../lib/metric.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { buckets, flushesOf, type Sample, seriesOf } from '../../query/samples.js';
import { root } from '../../support/source-files.js';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const intervalMs = 10_000;

/** Examples that end otherwise, here or as a rule, as the help says they do. */
const otherCodes: Readonly<Record<string, number>> = {
  // Needs a terminal.
  'goodall-report --watch': 64,
  // There is no server.
  'goodall-report doctor': 1,
  'goodall-report doctor --passive --format json': 1,
  // Nothing was refused.
  'goodall-report top --refused --since 1d': 13,
};

/** Every hour of eight days; every minute of the last hour, of the same hour before, and around yesterday at two. */
function startsUntil(nowMs: number): number[] {
  const endMs = Math.floor(nowMs / intervalMs) * intervalMs;
  const hour = (agoMs: number): number[] => buckets(endMs - agoMs - 60 * minuteMs, 60, minuteMs);
  const deploy = new Date(nowMs - dayMs).setHours(13, 30, 0, 0);
  const starts = [...hour(0), ...hour(dayMs), ...hour(7 * dayMs), ...buckets(deploy, 75, minuteMs)];
  return [...new Set([...buckets(endMs - 8 * dayMs, 8 * 24, 60 * minuteMs), ...starts])].sort(
    (a, b) => a - b,
  );
}

/** What the probe of a host sends, and what an application may. */
function samplesAt(timeMs: number): Sample[] {
  const { Gauge, Counter, Timer } = MetricType;
  const one = (name: string, type: MetricType, value: number, tags = ''): Sample => {
    return { series: seriesOf(name, type, ['host:web1', tags].filter(Boolean).join(',')), timeMs, value };
  };
  return [
    one('cpu_used_percent', Gauge, 10 + ((timeMs / minuteMs) % 7)),
    one('disk_free', Gauge, 50 * 2 ** 30, 'mount:/'),
    one('network_rx_bytes', Counter, 12_345, 'interface:eth0'),
    ...[1, 2, 3, 4, 5].map((n) => one('api.latency', Timer, n * 20, 'route:home')),
    one('api.requests', Counter, 90),
    one('api.errors', Counter, 1),
  ];
}

describe('the examples of the help', () => {
  const folder = mkdtempSync(join(tmpdir(), 'goodall-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  before(async () => {
    const programs = join(folder, 'bin');
    mkdirSync(programs);
    mkdirSync(join(folder, '.zsh'));
    const program = `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'dist/bin/goodall-report.js')}' "$@"\n`;
    writeFileSync(join(programs, 'goodall-report'), program, { mode: 0o755 });
    if (spawnSync('man', ['--version']).error !== undefined)
      writeFileSync(join(programs, 'man'), '#!/bin/sh\nexec cat\n', { mode: 0o755 });
    for (const name of ['goodall.db', 'web1.db', 'web2.db']) await write(join(folder, name), name);
  });

  async function write(path: string, source: string): Promise<void> {
    const starts = source === 'goodall.db' ? startsUntil(Date.now()) : startsUntil(Date.now()).slice(-30);
    const store = await SqliteStore.open(path);
    const lastMs = starts.at(-1) as number;
    for (const timeMs of starts) {
      const [flush] = flushesOf(samplesAt(timeMs), [timeMs], { intervalMs, source });
      const checks = [
        { timeMs, name: 'db.up', status: 2 as const, host: undefined, message: undefined, tags: [] },
      ];
      const seen = { firstSeenMs: timeMs, lastSeenMs: timeMs };
      const badLines = [
        { reason: 'no_value' as const, sender: '127.0.0.1', sample: 'bad', count: 1, ...seen },
      ];
      if (flush !== undefined) await store.write(timeMs === lastMs ? { ...flush, checks, badLines } : flush);
    }
    await store.close();
  }

  function expectToRun(line: string): void {
    const env = {
      ...process.env,
      HOME: folder,
      PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter),
    };
    const options = { cwd: folder, env, encoding: 'utf8' } as const;
    const { status, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', line], options);
    expect(status, `${line}\n${stderr}`).to.equal(otherCodes[line] ?? 0);
  }

  // In their order: what one writes another may read.
  it('run as they are printed', async () => {
    const printed = (await allCommands()).flatMap((command) =>
      helpOf(command).examples.map(([line]) => line),
    );
    expect(printed).to.include.members(Object.keys(otherCodes));
    for (const line of printed) expectToRun(line);
  }).timeout(120_000);

  it('run as the read-me has them', () => {
    const text = readFileSync(join(root, 'README.md'), 'utf8');
    const lines = [...text.matchAll(/^ {4}(goodall-report .*?) +#/gm)].map(([, line]) => line as string);
    expect(lines).to.have.length.above(5);
    rmSync(join(folder, 'monday.db'), { force: true });
    for (const line of lines) expectToRun(line);
  }).timeout(60_000);

  it('are of metrics that the probe of the host sends, or of names that stand for any', async () => {
    const known = readFileSync(join(root, 'lib/docs/metrics.md'), 'utf8');
    for (const { name, examples } of await allCommands()) {
      for (const [line] of examples) {
        const [word = ''] = /(?<![\w.])(?:cpu|disk|mem|network|swap|system)_[a-z_]*/.exec(line) ?? [];
        expect(known, `${name} ${line}`).to.include(word);
      }
    }
  });
});
