import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../support/source-files.js';
import { dayMs, Month } from './month-database.js';

/**
 * `goodall-report` as a whole process on the database of a server that has run for 30 days (month-database.ts).
 *
 *     node dist/spec/bench/storage/month.js [--series 1000] [--days 30] [--runs 7] [--keep FILE]
 */
const { values: options } = parseArgs({
  options: {
    series: { type: 'string', default: '1000' },
    days: { type: 'string', default: '30' },
    runs: { type: 'string', default: '7' },
    keep: { type: 'string' },
  },
});
const seriesCount = Number(options.series);
const days = Number(options.days);

function time(title: string, args: readonly string[]): void {
  const runs = Array.from({ length: Number(options.runs) }, () => {
    const startAt = performance.now();
    const run = spawnSync(
      process.execPath,
      ['-e', measured, join(root, 'dist/bin/goodall-report.js'), ...args],
      { encoding: 'utf8', maxBuffer: 1 << 28 },
    );
    return {
      wallMs: performance.now() - startAt,
      cpuMs: Number(/cpu (\d+)/.exec(run.stderr)?.[1]),
      code: run.status,
    };
  }).sort((a, b) => a.wallMs - b.wallMs);
  const best = runs[0]!;
  const median = runs[runs.length >> 1]!;
  console.log(
    `${title.padEnd(48)} best ${best.wallMs.toFixed(0)} ms, median ${median.wallMs.toFixed(0)} ms, user CPU ${best.cpuMs} ms, exit ${best.code}`,
  );
}

/** Runs the program in this process and tells its CPU time at the end. */
const measured = `
process.on('exit', () => console.error('cpu', Math.round(process.resourceUsage().userCPUTime / 1000)));
import(process.argv[1]);`;

const directory = mkdtempSync(join(tmpdir(), 'goodall-bench-'));
try {
  const path = options.keep ?? join(directory, 'bench.db');
  if (statSync(path, { throwIfNoEntry: false }) === undefined) {
    const startAt = performance.now();
    await new Month(seriesCount, days, Date.now()).write(path);
    console.log(`made in ${((performance.now() - startAt) / 1000).toFixed(0)} s`);
  }
  console.log(`${seriesCount} series, ${days} days: ${(statSync(path).size / 1e6).toFixed(0)} MB`);
  const db = ['--db', path];
  const month = ['--since', `${days}d`];
  const p99 = ['-p', '99', '--format', 'json'];
  time('--help', ['--help']);
  time('one timer over 30 days', ['app.latency.3', ...db, ...month]);
  time('one counter over 30 days', ['app.requests.1', ...db, ...month]);
  time('one gauge over 30 days', ['app.queue.1', ...db, ...month]);
  time('p99 of all timers over 24 h', [...db, '--since', '24h', '--type', 'timer', ...p99]);
  time('p99 of all series over 24 h', [...db, '--since', '24h', ...p99]);
  const isoAt = (daysAgo: number): string => new Date(Date.now() - daysAgo * dayMs).toISOString();
  const dayOfWeekAgo = ['--since', isoAt(7), '--until', isoAt(6)];
  time('p99 of all series over 24 h, a week ago', [...db, ...dayOfWeekAgo, ...p99]);
} finally {
  rmSync(directory, { recursive: true });
}
