import type { Flush } from '../../lib/flush/flush.js';
import { Ingestor } from '../../lib/ingest/ingestor.js';
import { KernelPath } from '../ingest/kernel-path.js';
import type { FakeClock } from '../support/fake-clock.js';
import { emptyFlush } from '../support/flushes.js';

/** The two ways that a datagram can take. */
export const paths = ['plain', 'kernel'] as const;
export type Path = (typeof paths)[number];

/** What comes of datagrams in statsd's dialect, one list an interval, with everything that backends may ask for. */
export function flushesOf(
  path: Path,
  intervals: readonly (readonly string[])[],
  clock: FakeClock,
  intervalMs: number,
): Flush[] {
  const sketch = { keepsSamples: true, keepsMembers: true };
  const options = {
    dialect: 'statsd',
    sanitizeNames: true,
    maxSeries: 10_000,
    intervalMs,
    sketch,
    gauges: [],
  } as const;
  const ingestor = new (path === 'plain' ? Ingestor : KernelPath)(options, clock.now());
  const flushes: Flush[] = [];
  for (const datagrams of intervals) {
    for (const datagram of datagrams) {
      const bytes = Buffer.from(datagram);
      ingestor.datagram(bytes, 0, bytes.length, '', clock.now());
    }
    clock.advance(intervalMs);
    for (const { counts, ...rest } of ingestor.collect(clock.now())) {
      const { ingest, ...empty } = emptyFlush(rest.startMs, intervalMs);
      flushes.push({ ...empty, ...rest, ingest: { ...ingest, ...counts } });
    }
  }
  return flushes;
}
