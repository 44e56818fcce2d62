import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../support/source-files.js';
import { dayMs, Month } from '../storage/month-database.js';

/**
 * Memory and time of reports of every shape on the full database of a server that has run for a month
 * (month-database.ts): all tiers, in blocks. The largest resident set of each is to stay below 200 MiB. Linux only.
 *
 *     node dist/spec/bench/report/memory.js [--series 10000] [--days 30] [--unlike 400] [--keep FILE] [--only WORD]
 *
 * --keep makes the file where there is none, and leaves it; --only takes the shapes that have the word in their title.
 */
const { values: options } = parseArgs({
  options: {
    series: { type: 'string', default: '10000' },
    days: { type: 'string', default: '30' },
    unlike: { type: 'string', default: '400' },
    keep: { type: 'string' },
    only: { type: 'string', default: '' },
  },
});
const days = Number(options.days);
const month = new Month(Number(options.series), days, Date.now(), Number(options.unlike));

/** In the process that is measured, whose largest resident set its parent's does not count for. */
const measured = `
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const peak = /VmHWM:\\s+(\\d+)/.exec(require('node:fs').readFileSync('/proc/self/status', 'utf8'))[1];
  console.error('cpu', Math.round((user + system) / 1000), 'peak', peak);
});
import(process.argv[1]);`;

async function measure(title: string, args: readonly string[]): Promise<void> {
  if (!title.includes(options.only)) return;
  const startAt = performance.now();
  const program = join(root, 'dist/bin/goodall-report.js');
  const child = spawn(process.execPath, ['-e', measured, program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [bytes, errors] = [0, ''];
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  const [status] = await once(child, 'close');
  const [, cpuMs, peakKib] = /cpu (\d+) peak (\d+)/.exec(errors) ?? [];
  const figures = [
    (Number(peakKib) / 1024).toFixed(0).padStart(9),
    (Number(cpuMs) / 1000).toFixed(1).padStart(9),
    ((performance.now() - startAt) / 1000).toFixed(1).padStart(9),
    (bytes / 1e6).toFixed(1).padStart(9),
  ];
  console.log(`${title.padEnd(40)} ${figures.join('')}${status === 0 ? '' : `  exit ${status}`}`);
}

async function all(source: readonly string[], since: readonly string[]): Promise<void> {
  const report = [...source, ...since];
  for (const format of ['table', 'json', 'jsonl', 'csv', 'tsv', 'markdown', 'prometheus', 'html']) {
    await measure(`all series, ${format}`, [...report, '--format', format]);
  }
  await measure('all series, table with trends', [...report, '--trend', 'always']);
  await measure('all series, the slowest 20', [...report, '--sort', 'p99', '--limit', '20']);
  for (const format of ['table', 'json', 'jsonl', 'csv', 'tsv', 'markdown']) {
    await measure(`by day, ${format}`, [...report, '--step', '1d', '--format', format]);
  }
  for (const format of ['csv', 'jsonl']) {
    await measure(`by hour, ${format}`, [...report, '--step', '1h', '--format', format]);
  }
  await measure('by hour, csv by p99', [...report, '--step', '1h', '--sort', 'p99', '--format', 'csv']);
  await measure('by host', [...report, '--group-by', 'host']);
  await measure('by host and day', [...report, '--group-by', 'host', '--step', '1d']);
  const half = ['--since', isoAt(days / 2), '--until', isoAt(0), '--against', `${days / 2}d`];
  await measure('compare two halves', ['compare', ...source, ...half]);
  await measure('compare two halves, json', ['compare', ...source, ...half, '--format', 'json']);
  for (const command of ['histogram', 'percentiles']) {
    await measure(`${command}, five series`, [command, '*', ...report]);
    await measure(`${command}, all as json`, [command, '*', ...report, '--format', 'json']);
  }
  await measure('histogram by day', ['histogram', '*', ...report, '--step', '1d']);
  await measure('top', ['top', ...report]);
  await measure('series', ['series', ...source]);
  await measure('check', ['check', `* count > 0 over ${days}d`, ...source, '--group-by', 'host']);
}

const isoAt = (daysAgo: number): string => new Date(month.nowMs - daysAgo * dayMs).toISOString();

/** A server that holds the file and nothing else, and its largest resident set before and after an answer. */
async function byUrl(path: string): Promise<void> {
  if (!'by url'.includes(options.only)) return;
  const program = join(root, 'dist/bin/goodall.js');
  const ports = ['--port', '0', '--mgmt-port', '0', '--http-port', String(await freePort()), '--no-probe'];
  const server = spawn(process.execPath, [program, ...ports, '--db', path], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const url = await addressOf(server);
    const before = residentMib(server);
    await measure('by url and day, csv', [
      '--url',
      url,
      '--since',
      `${days}d`,
      '--step',
      '1d',
      '--format',
      'csv',
    ]);
    const { peak, now } = residentMib(server);
    console.log(`${'  its server: before, most, after'.padEnd(40)} ${before.now} ${peak} ${now} MiB`);
  } finally {
    server.kill();
    await once(server, 'close');
  }
}

/** The server takes 0 for no listener. */
async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  return port;
}

async function addressOf(server: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of server.stdout!) {
    text += chunk;
    const address = /http ([\d.]+:\d+)/.exec(text)?.[1];
    if (address !== undefined) return `http://${address}`;
  }
  throw new Error('the server did not come up');
}

function residentMib({ pid }: ChildProcess): { readonly peak: number; readonly now: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mib = (name: string): number =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
  return { peak: mib('VmHWM'), now: mib('VmRSS') };
}

const directory = mkdtempSync(join(tmpdir(), 'goodall-bench-'));
try {
  const path = options.keep ?? join(directory, 'bench.db');
  if (statSync(path, { throwIfNoEntry: false }) === undefined) await month.write(path);
  console.log(`${options.series} series, ${days} days: ${(statSync(path).size / 1e6).toFixed(0)} MB`);
  console.log(`${''.padEnd(40)}  peak MiB    CPU s   wall s       MB`);
  const source = ['--db', path];
  await all(source, ['--since', `${days}d`]);
  await byUrl(path);
} finally {
  rmSync(directory, { recursive: true });
}
