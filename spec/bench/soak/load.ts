import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { root } from '../../support/source-files.js';
import type { Sent } from '../load/generate.js';
import { printed, start } from '../server/targets.js';
import { Churning } from './churning.js';
import { courseOf, type Reading, readingOf, readingText } from './course.js';

/**
 * A server as it is shipped under load for a while: 10,000 datagrams a second of 2,000 series, and 2,000 more of which a
 * fiftieth is replaced every ten seconds. Memory and file must be flat; every count must be the one that was sent, or be
 * owned up to as dropped by the system.
 *
 *     node dist/spec/bench/soak/load.js [minutes] [datagrams a second]
 */
const [minutes = 30, rate = 10_000] = process.argv.slice(2, 4).map(Number);
const periodMs = 10_000;
/** The last tier keeps every count, in few buckets; the others are full, and expire, after a third of the time. */
const retention = `10s:1m,1m:${Math.max(2, Math.floor(minutes / 3))}m,10m:1d`;

const folder = mkdtempSync(join(tmpdir(), 'goodall-soak-'));
const db = join(folder, 'goodall.db');

async function run(): Promise<boolean> {
  const flags = [
    '--db',
    db,
    '--retention',
    retention,
    '--idle-series',
    '300000',
    '--address',
    '127.0.0.1',
    '--port',
    '0',
  ];
  const child = start([join(root, 'dist/bin/goodall.js'), ...flags, '--http-port', '0', '--mgmt-port', '0']);
  const port = Number(await printed(child, /server is up: udp [^ ]*:(\d+)/));
  child.stdout?.resume();
  const load = generated(port);
  const traffic = new Churning(2000);
  const socket = createSocket('udp4');
  const readings: Reading[] = [];
  const periods = (minutes * 60_000) / periodMs;
  for (let period = 0; period < periods; period += 1) {
    for (const datagram of traffic.datagrams(period)) {
      await new Promise((resolve) => socket.send(datagram, port, '127.0.0.1', resolve));
    }
    await wait(periodMs);
    readings.push(readingOf(`${((period + 1) * periodMs) / 60_000} min`, child.pid!, db));
    if (period % 6 === 5) console.log(readingText(readings.at(-1)!));
  }
  socket.close();
  const sent = await load;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = await exited;
  const { text, isFlat } = courseOf(readings);
  console.log(`middle third to last third: ${text}: ${isFlat ? 'flat' : 'NOT FLAT'}`);
  return code === 0 && isAsSent(sent.counterSum + traffic.counted) && isFlat;
}

/** The load generator, as a process of its own. */
async function generated(port: number): Promise<Sent> {
  const shape = ['--names', '2000', '--datagram-bytes', '512', '--rate', String(rate)];
  const child = spawn(
    process.execPath,
    [
      join(root, 'dist/spec/bench/load/generate.js'),
      ...['--port', String(port), '--seconds', String(minutes * 60)],
      ...shape,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  for await (const chunk of child.stdout) output += chunk;
  return JSON.parse(output) as Sent;
}

/** Asks the report for the sum of all counters, and for what it knows to be lost. */
function isAsSent(counted: number): boolean {
  const question = ['app.hits.*', '--type', 'counter', '--since', '1d', '--format', 'json'];
  const program = join(root, 'dist/bin/goodall-report.js');
  const answer = execFileSync(process.execPath, [program, '--db', db, ...question], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const { rows, loss } = JSON.parse(answer) as {
    rows: { sum: number }[];
    loss: { datagramsDropped: number; datagramsReceived: number };
  };
  const sum = rows.reduce((total, row) => total + row.sum, 0);
  console.log(
    `counted ${counted}, in the database ${sum}; datagrams received ${loss.datagramsReceived}, dropped ${loss.datagramsDropped}`,
  );
  return sum === counted || loss.datagramsDropped > 0;
}

try {
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
