import { createSocket } from 'node:dgram';
import { residentBytes, socketStats } from './process-stats.js';
import type { StartTarget } from './targets.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** How a series is sent in one interval: so many lines of the type. */
export interface SeriesKind {
  readonly name: string;
  readonly line: (i: number) => string;
  readonly linesEach: number;
}

/** Names of 30 bytes. */
const nameOf = (i: number) => `service.endpoint.requests.${String(i).padStart(6, '0')}`.slice(-30);

export const counterSeries: SeriesKind = { name: 'counter', line: (i) => `${nameOf(i)}:1|c`, linesEach: 1 };
export const timerSeries: SeriesKind = {
  name: 'timer with 10 samples',
  line: (i) => `${nameOf(i)}:${100 + (i % 900)}|ms`,
  linesEach: 10,
};

/**
 * Bytes of resident memory that a series adds, between a tenth and the whole of `count` series: while it is collected
 * (a flush interval of an hour), or once it has been flushed too, with what a flush takes for a while.
 */
export async function bytesPerSeries(
  start: StartTarget,
  kind: SeriesKind,
  count: number,
  flushIntervalMs: number,
): Promise<number> {
  const target = await start(flushIntervalMs);
  try {
    const pauseMs = flushIntervalMs < 60_000 ? 3 * flushIntervalMs : 1000;
    await sendSeries(target.port, kind, 0, count / 10, pauseMs);
    const before = residentBytes(target.pid);
    await sendSeries(target.port, kind, count / 10, count, pauseMs);
    return (residentBytes(target.pid) - before) / (count * 0.9);
  } finally {
    await target.stop();
  }
}

async function sendSeries(
  port: number,
  kind: SeriesKind,
  from: number,
  to: number,
  pauseMs: number,
): Promise<void> {
  const socket = createSocket('udp4');
  for (let round = 0; round < kind.linesEach; round++) {
    for (let i = from; i < to; i += 30) {
      const lines = Array.from({ length: Math.min(30, to - i) }, (_, k) => kind.line(i + k));
      await new Promise((resolve) => socket.send(lines.join('\n'), port, '127.0.0.1', resolve));
      while (socketStats(port).queued > 100_000) await pause(5);
    }
  }
  socket.close();
  await pause(pauseMs);
}
