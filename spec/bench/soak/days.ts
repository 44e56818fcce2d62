import { createSocket, type Socket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { loadConfig } from '../../../lib/config/load.js';
import { lineLogger } from '../../../lib/log.js';
import { MetricType } from '../../../lib/metric.js';
import { runQuery } from '../../../lib/query/query.js';
import { Server } from '../../../lib/server.js';
import { Owner } from '../../../lib/storage/sqlite/owner.js';
import { SqliteReader } from '../../../lib/storage/sqlite/reader.js';
import { FakeClock } from '../../support/fake-clock.js';
import { freePort } from '../../support/free-port.js';
import { socketStats } from '../server/process-stats.js';
import { Churning } from './churning.js';
import { courseOf, type Reading, readingOf, readingText } from './course.js';

/**
 * A whole server lives through many days of an injected clock: real datagrams over a real socket, a real database, a
 * fiftieth of the series replaced every day. Memory and file must be flat once the longest tier is full, and every count
 * of the tiers must be the one that was sent.
 *
 *     node --expose-gc dist/spec/bench/soak/days.js [days] [series] [flush interval in seconds]
 */
const [days = 90, series = 2000, stepSeconds = 1200] = process.argv.slice(2, 5).map(Number);
const stepMs = stepSeconds * 1000;
const dayMs = 86_400_000;
/** No part of the upkeep takes as long. */
const settledMs = 300;
/** The longest tier is full after a third of ninety days, so that two thirds show whether all stays as it is. */
const keptDays = Math.max(1, Math.floor(days / 3));
const retention = `${stepSeconds}s:6h,${stepSeconds * 6}s:3d,${stepSeconds * 36}s:${Math.max(3, keptDays)}d`;

const folder = mkdtempSync(join(tmpdir(), 'goodall-soak-'));
const db = join(folder, 'goodall.db');
const clock = new FakeClock();
const sentByDay: number[] = [];

async function run(): Promise<boolean> {
  const server = await start();
  const port = Number(/udp [^ ]*:(\d+)/.exec(server.listeners.join(' '))?.[1]);
  const http = /http ([^ ]*)/.exec(server.listeners.join(' '))?.[1];
  const socket = createSocket('udp4');
  const traffic = new Churning(series);
  const readings: Reading[] = [];
  for (let day = 0; day < days; day += 1) {
    const before = traffic.counted;
    for (let ms = 0; ms < dayMs; ms += stepMs) {
      for (const datagram of traffic.datagrams(day)) await send(socket, datagram, port);
      while (socketStats(port).queued > 0) await turn();
      clock.advance(stepMs);
      await written(`http://${http}/healthz`);
    }
    sentByDay.push(traffic.counted - before);
    await settled();
    globalThis.gc?.();
    readings.push(readingOf(`${day + 1} d`, process.pid, db));
    console.log(readingText(readings.at(-1)!));
  }
  await new Promise<void>((resolve) => socket.close(resolve));
  if (!(await server.stop())) throw new Error('the server did not write all it had');
  const { text, isFlat } = courseOf(readings);
  console.log(`middle third to last third: ${text}: ${isFlat ? 'flat' : 'NOT FLAT'}`);
  return (await areCountsRight()) && isFlat;
}

async function start(): Promise<Server> {
  const flags = {
    ...{ db, retention, 'flush-interval': String(stepMs), transport: 'dgram', probe: false },
    ...{ address: '127.0.0.1', port: '0', 'http-port': String(await freePort()), 'mgmt-port': '0' },
  };
  const { config } = await loadConfig({ flags, env: {}, file: undefined });
  const logger = lineLogger('warn', (line) => process.stderr.write(line), clock.now.bind(clock));
  return Server.start(config, { clock, logger });
}

function send(socket: Socket, datagram: string, port: number): Promise<void> {
  return new Promise((resolve, reject) =>
    socket.send(datagram, port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error))),
  );
}

/** Waits until the newest flush is in the database. */
async function written(health: string): Promise<void> {
  for (;;) {
    const { flush } = (await (await fetch(health)).json()) as { flush: { ageSeconds: number } };
    if (flush.ageSeconds < stepSeconds) return;
    await turn();
  }
}

/**
 * Waits until the upkeep has done what is due, which has less time here than a server has: until nobody has written for
 * a while.
 */
async function settled(): Promise<void> {
  const owner = await Owner.open(db, 'read', 1000);
  const version = async () =>
    (await owner.all<{ data_version: number }>('PRAGMA data_version'))[0]!.data_version;
  for (let before = -1, now = await version(); now !== before; now = await version()) {
    before = now;
    await wait(settledMs);
  }
  await owner.close();
}

/** The counters of every whole day that is still kept add up to what was sent on it. */
async function areCountsRight(): Promise<boolean> {
  const reader = await SqliteReader.open(db);
  let isRight = true;
  for (let day = days - keptDays + 1; day < days; day += 1) {
    const sinceMs = Date.UTC(2026, 0, 1) + day * dayMs;
    const { rows } = await runQuery([reader], {
      selector: { patterns: ['app.hits.*'], types: [MetricType.Counter] },
      window: { sinceMs, untilMs: sinceMs + dayMs },
      groupBy: [],
      percentiles: [],
      nowMs: clock.now(),
    });
    const sum = rows.reduce((total, row) => total + (row.sum ?? 0), 0);
    if (sum !== sentByDay[day]) {
      console.log(`day ${day}: ${sentByDay[day]} were counted, the database says ${sum}`);
      isRight = false;
    }
  }
  await reader.close();
  console.log(`counts of ${keptDays - 1} kept days: ${isRight ? 'all as sent' : 'NOT AS SENT'}`);
  return isRight;
}

try {
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
