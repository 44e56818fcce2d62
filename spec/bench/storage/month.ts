import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../support/source-files.js';
import { Influx, influxVersion } from './influx.js';
import { dayMs, Month } from './month-database.js';

/**
 * `goodall-report` as a whole process on the database of a server that has run for 30 days (month-database.ts), and
 * the same questions to InfluxDB over HTTP, where it is installed (influx.ts).
 *
 *     node dist/spec/bench/storage/month.js [--series 1000] [--days 30] [--runs 7] [--keep FILE] [--no-influx]
 */
const { values: options } = parseArgs({
  options: {
    series: { type: 'string', default: '1000' },
    days: { type: 'string', default: '30' },
    unlike: { type: 'string' },
    runs: { type: 'string', default: '7' },
    keep: { type: 'string' },
    influx: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const days = Number(options.days);
const month = new Month(
  Number(options.series),
  days,
  Date.now(),
  options.unlike === undefined ? undefined : Number(options.unlike),
);
const isoAt = (daysAgo: number): string => new Date(month.nowMs - daysAgo * dayMs).toISOString();

async function time(title: string, ask: () => number | Promise<number>): Promise<void> {
  const runs: { wallMs: number; cpuMs: number }[] = [];
  for (let run = 0; run < Number(options.runs); run += 1) {
    const startAt = performance.now();
    const cpuMs = await ask();
    runs.push({ wallMs: performance.now() - startAt, cpuMs });
  }
  const median = (figures: readonly number[]): string =>
    figures
      .toSorted((a, b) => a - b)
      [figures.length >> 1]!.toFixed(0)
      .padStart(6);
  const own = runs.map(({ cpuMs }) => cpuMs).filter((cpuMs) => !Number.isNaN(cpuMs));
  const cpu = own.length === 0 ? '' : median(own);
  console.log(`${title.padEnd(46)} ${median(runs.map(({ wallMs }) => wallMs))} ${cpu}`);
}

/** Runs a program as a shell would, to its end; its CPU time in milliseconds. */
function run(...args: readonly string[]): number {
  const { status, stderr } = spawnSync(process.execPath, ['--require', cpuTeller, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return Number(/cpu (\d+)/.exec(stderr)?.[1]);
}

const directory = mkdtempSync(join(tmpdir(), 'goodall-bench-'));

/** Has a process tell its CPU time at its end. */
const cpuTeller = join(directory, 'cpu.cjs');
writeFileSync(
  cpuTeller,
  `process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  console.error('cpu', Math.round((user + system) / 1000));
});`,
);
const nothing = join(directory, 'nothing.cjs');
writeFileSync(nothing, '');

async function askReport(path: string): Promise<void> {
  const program = join(root, 'dist/bin/goodall-report.js');
  const report = (...args: readonly string[]) => run(program, ...args, '--db', path);
  const p99 = ['-p', '99', '--format', 'json'];
  console.log(`\n${'goodall-report, median of whole processes'.padEnd(46)}     ms CPU ms`);
  await time('node without a program', () => run(nothing));
  await time('--help', () => run(program, '--help'));
  for (const name of ['app.requests.1', 'app.queue.1', 'app.latency.3']) {
    await time(`one series over ${days} days, ${name}`, () => report(name, '--since', `${days}d`));
  }
  await time('p99 of all series over 24 h', () => report('--since', '24h', ...p99));
  await time('p99 of all timers over 24 h', () => report('--since', '24h', '--type', 'timer', ...p99));
  if (days < 8) return;
  const dayOfWeekAgo = ['--since', isoAt(7), '--until', isoAt(6)];
  await time('p99 of all series over 24 h, a week ago', () => report(...dayOfWeekAgo, ...p99));
}

async function askInflux(version: string): Promise<void> {
  const influx = new Influx();
  try {
    await influx.start();
    const startAt = performance.now();
    const points = await influx.load(month);
    const seconds = (performance.now() - startAt) / 1000;
    const megabytes = (influx.size() / 1e6).toFixed(0);
    console.log(`\n${version}: ${points} points of one number in ${seconds.toFixed(0)} s, ${megabytes} MB`);
    const ask = async (query: string): Promise<number> => {
      const answer = await influx.ask(query);
      if (!answer.includes('"series"')) throw new Error(`influxd answers ${answer.slice(0, 200)}`);
      return Number.NaN;
    };
    const figures = 'count(value), min(value), mean(value), percentile(value, 99), max(value)';
    await time(`one series over ${days} days, app.latency.3`, () =>
      ask(`SELECT ${figures} FROM coarse WHERE "name" = 'app.latency.3' AND time >= '${isoAt(days)}'`),
    );
    await time('p99 of all series over 24 h', () =>
      ask(`SELECT percentile(value, 99) FROM fine WHERE time >= '${isoAt(1)}' GROUP BY "name"`),
    );
  } finally {
    await influx.stop();
  }
}

try {
  const path = options.keep ?? join(directory, 'bench.db');
  if (statSync(path, { throwIfNoEntry: false }) === undefined) {
    const startAt = performance.now();
    await month.write(path);
    console.log(`made in ${((performance.now() - startAt) / 1000).toFixed(0)} s`);
  }
  const megabytes = (statSync(path).size / 1e6).toFixed(0);
  console.log(`${options.series} series, ${days} days, 10s:24h,1m:30d,1h:2y: ${megabytes} MB`);
  await askReport(path);
  const version = options.influx ? influxVersion() : undefined;
  if (version === undefined)
    console.log('\nInfluxDB is not asked: there is no influxd here (apt-get install influxdb)');
  else await askInflux(version);
} finally {
  rmSync(directory, { recursive: true });
}
