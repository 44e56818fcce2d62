import type { IngestInterval } from '../../lib/storage/store.js';

const hourMs = 3_600_000;

/** Flushes, oldest first, as a reader joins them that is asked for no more than `alignMs` tells apart. */
export function joined(flushes: readonly IngestInterval[], alignMs: number): IngestInterval[] {
  const stretchMs = Math.min(alignMs, hourMs);
  const stretches = grouped(flushes, ({ timeMs }) => Math.floor(timeMs / stretchMs));
  return [...stretches.values()].flatMap((stretch) => {
    const servers = [...grouped(stretch, ({ source }) => source)].sort(([a], [b]) => (a < b ? -1 : 1));
    return servers.every(([, own]) => isWhole(own)) ? servers.map(([, own]) => asOne(own)) : stretch;
  });
}

/** Whether each begins where the one before ends, or as good as that: what is missing here is twice there. */
function isWhole(flushes: readonly IngestInterval[]): boolean {
  const { stepMs } = asOne(flushes);
  const covered = flushes.reduce((sum, one) => sum + one.stepMs, 0);
  return covered === stepMs && new Set(flushes.map(({ timeMs }) => timeMs)).size === flushes.length;
}

function asOne(flushes: readonly IngestInterval[]): IngestInterval {
  const sum = (pick: (one: IngestInterval) => number): number =>
    flushes.reduce((total, one) => total + pick(one), 0);
  const timeMs = Math.min(...flushes.map((one) => one.timeMs));
  const known = flushes.filter(({ datagramsDropped }) => datagramsDropped !== undefined);
  const reasons = new Set(flushes.flatMap(({ badLines }) => Object.keys(badLines)));
  return {
    source: flushes[0]!.source,
    timeMs,
    stepMs: Math.max(...flushes.map((one) => one.timeMs + one.stepMs)) - timeMs,
    flushes: flushes.length,
    datagrams: sum(({ datagrams }) => datagrams),
    bytes: sum(({ bytes }) => bytes),
    lines: sum(({ lines }) => lines),
    badLines: Object.fromEntries(
      [...reasons].map((reason) => [reason, sum(({ badLines }) => badLines[reason] ?? 0)]),
    ),
    unknownFields: sum(({ unknownFields }) => unknownFields),
    datagramsDropped: known.length === 0 ? undefined : sum(({ datagramsDropped = 0 }) => datagramsDropped),
    samplesOverflowed: sum(({ samplesOverflowed }) => samplesOverflowed),
    seriesLive: Math.max(...flushes.map(({ seriesLive }) => seriesLive)),
    seriesRefused: sum(({ seriesRefused }) => seriesRefused),
    flushDurationMs: sum(({ flushDurationMs }) => flushDurationMs),
  };
}

function grouped<T, K>(all: readonly T[], keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}
