import { createSocket } from 'node:dgram';
import type { Printout } from '../printout.js';
import { residentBytes, socketStats } from './process-stats.js';
import { goodall, type StartTarget, statsd, type Target } from './targets.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** How a series is sent in one interval: so many lines of the type. */
interface SeriesKind {
  readonly name: string;
  readonly line: (i: number) => string;
  readonly linesEach: number;
}

/** Names of 30 bytes. */
const nameOf = (i: number) => `service.endpoint.requests.${String(i).padStart(6, '0')}`.slice(-30);

const kinds: readonly SeriesKind[] = [
  { name: 'counter', line: (i) => `${nameOf(i)}:1|c`, linesEach: 1 },
  {
    name: 'counter with three tags',
    line: (i) => `${nameOf(i)}:1|c|#env:prod,service:checkout,host:web-${String(i % 100).padStart(2, '0')}`,
    linesEach: 1,
  },
  { name: 'timer with 10 samples', line: (i) => `${nameOf(i)}:${100 + (i % 900)}|ms`, linesEach: 10 },
];

const seriesOfOurs = 200_000;
const seriesOfStatsd = 100_000;
const flushIntervalMs = 4000;
const neverMs = 3_600_000;

/** Series are live in all of it: heard in the interval before the measurement. */
export async function memory(out: Printout): Promise<void> {
  out.header('series', '>goodall', '>statsd');
  for (const kind of kinds) {
    for (const [state, intervalMs] of [
      ['collected', neverMs],
      ['collected and flushed', flushIntervalMs],
    ] as const) {
      await out.attempt(async () => {
        const [own, theirs] = await Promise.all([
          bytesPerSeries(goodall('goodall'), kind, seriesOfOurs, intervalMs),
          bytesPerSeries(statsd, kind, seriesOfStatsd, intervalMs),
        ]);
        out.row(`${kind.name}, ${state}`, own.toFixed(0), theirs.toFixed(0));
      });
    }
  }
}

/**
 * Bytes of resident memory that a series adds, between a tenth and the whole of `count` series: while it is collected
 * (the interval is never over), or once it has been flushed too.
 */
async function bytesPerSeries(
  start: StartTarget,
  kind: SeriesKind,
  count: number,
  intervalMs: number,
): Promise<number> {
  const target = await start(intervalMs);
  try {
    await sendSeries(target.port, kind, 0, count / 10);
    const before = await settledBytes(target, intervalMs);
    await sendSeries(target.port, kind, count / 10, count);
    return ((await settledBytes(target, intervalMs)) - before) / (count * 0.9);
  } finally {
    await target.stop();
  }
}

/** The least that is resident once what came is flushed: what V8 has not given up yet comes and goes. */
async function settledBytes({ pid }: Target, intervalMs: number): Promise<number> {
  const isFlushed = intervalMs !== neverMs;
  await pause(isFlushed ? 2 * intervalMs : 1000);
  let least = residentBytes(pid);
  for (let waited = 0; isFlushed && waited < intervalMs; waited += 100) {
    await pause(100);
    least = Math.min(least, residentBytes(pid));
  }
  return least;
}

async function sendSeries(port: number, kind: SeriesKind, from: number, to: number): Promise<void> {
  const socket = createSocket('udp4');
  for (let round = 0; round < kind.linesEach; round++) {
    for (let i = from; i < to; i += 15) {
      const lines = Array.from({ length: Math.min(15, to - i) }, (_, k) => kind.line(i + k));
      await new Promise((resolve) => socket.send(lines.join('\n'), port, '127.0.0.1', resolve));
      while (socketStats(port).queued > 100_000) await pause(5);
    }
  }
  socket.close();
}
