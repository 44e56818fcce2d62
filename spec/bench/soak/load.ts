import { spawn } from 'node:child_process';
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
import { courseOf, type Reading, readingOf, readingText, thirdsText } from './course.js';
import { type Found, Minutes } from './minutes.js';

/**
 * A server under load for a while: 10,000 datagrams a second of 2,000 series, and 2,000 more that come and
 * go: each lives for a tenth of the time, half of them come back after a fifth, the others never do. Series leave memory a
 * thirtieth of the time after they were last heard, and the file a fifteenth to a tenth: after a third of the time as many
 * go as come, so that memory and file must be flat. Every count must be the one that was sent, or be owned up to as dropped
 * by the system; reports ask for each minute before it expires.
 *
 *     node dist/spec/bench/soak/load.js [minutes] [datagrams a second]
 */
const [minutes = 30, rate = 10_000] = process.argv.slice(2, 4).map(Number);
const periodMs = 10_000;
/** The unit of everything that takes its part of the time. */
const unitMinutes = Math.max(1, Math.floor(minutes / 10));
const retention = `10s:${30 * unitMinutes}s,30s:${unitMinutes}m,1m:${2 * unitMinutes}m`;
const churn = { lifetime: (unitMinutes * 60_000) / periodMs, comesBack: true };

const folder = mkdtempSync(join(tmpdir(), 'goodall-soak-'));
const db = join(folder, 'goodall.db');
const flags = [
  ...['--db', db, '--retention', retention, '--idle-series', String(unitMinutes * 20_000)],
  // The probe sends datagrams of its own.
  ...['--no-probe', '--address', '127.0.0.1', '--port', '0', '--http-port', '0', '--mgmt-port', '0'],
];

async function run(): Promise<boolean> {
  const minutesAsked = new Minutes(db, Math.floor(Date.now() / 60_000) * 60_000);
  const child = start([join(root, 'dist/bin/goodall.js'), ...flags]);
  const port = Number(await printed(child, /server is up: udp [^ ]*:(\d+)/));
  child.stdout?.resume();
  console.log(`retention ${retention}, series leave memory after ${unitMinutes * 20} s`);
  const load = generated(port);
  const traffic = new Churning(2000, churn);
  const periods = (minutes * 60_000) / periodMs;
  const { readings, datagrams } = await churned(traffic, periods, port, child.pid!, minutesAsked);
  const sent = await load;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = await exited;
  await minutesAsked.finish(Date.now());
  const { text, isFlat } = courseOf(readings);
  console.log(`${2000 + traffic.names(periods)} names, some 4,000 at a time\n${thirdsText(readings)}`);
  console.log(`middle third to last third: ${text}: ${isFlat ? 'flat' : 'NOT FLAT'}`);
  const all = { counted: sent.counterSum + traffic.counted, datagrams: sent.datagrams + datagrams };
  return isAsSent(all, minutesAsked.found) && code === 0 && isFlat;
}

/** Sends what comes and goes, looks at what the server takes up, and asks for what it has stored. */
async function churned(
  traffic: Churning,
  periods: number,
  port: number,
  pid: number,
  minutesAsked: Minutes,
): Promise<{ readings: Reading[]; datagrams: number }> {
  const socket = createSocket('udp4');
  const readings: Reading[] = [];
  let datagrams = 0;
  const startMs = performance.now();
  for (let period = 0; period < periods; period += 1) {
    for (const datagram of traffic.datagrams(period)) {
      await new Promise((resolve) => socket.send(datagram, port, '127.0.0.1', resolve));
      datagrams += 1;
    }
    await minutesAsked.ask(Date.now());
    await wait(Math.max(0, startMs + (period + 1) * periodMs - performance.now()));
    readings.push(readingOf(`${((period + 1) / 6).toFixed(1)} min`, pid, db));
    if (period % 6 === 5) console.log(readingText(readings.at(-1)!));
  }
  socket.close();
  return { readings, datagrams };
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

/** Whether nothing is missing but in datagrams that are known to be dropped, and nothing is there twice. */
function isAsSent(sent: { counted: number; datagrams: number }, found: Found): boolean {
  const missing = sent.counted - found.counted;
  console.log(`counted    sent ${sent.counted}, in the database ${found.counted}, missing ${missing}`);
  console.log(
    `datagrams  sent ${sent.datagrams}, received ${found.received}, dropped ${found.dropped}; ` +
      `the slowest report took ${found.slowestMs.toFixed(0)} ms`,
  );
  const isWhole = found.received + found.dropped === sent.datagrams;
  const isRight = isWhole && (found.dropped === 0 ? missing === 0 : missing >= 0);
  console.log(isRight ? 'every count is accounted for' : 'COUNTS ARE NOT AS SENT');
  return isRight;
}

try {
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
