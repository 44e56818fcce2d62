import type { Flush } from '../../lib/flush/flush.js';

let made = 0;

/** A flush in which nothing was received; specs spread it and add what they are about. */
export function emptyFlush(startMs: number, intervalMs: number): Flush {
  made += 1;
  return {
    id: `flush-${made}`,
    source: 'spec',
    startMs,
    intervalMs,
    points: [],
    events: [],
    checks: [],
    badLines: [],
    ingest: {
      datagrams: 0,
      bytes: 0,
      lines: 0,
      badLines: {},
      unknownFields: 0,
      samplesOverflowed: 0,
      seriesLive: 0,
      seriesRefused: 0,
      datagramsDropped: 0,
      flushDurationMs: 0,
    },
  };
}
