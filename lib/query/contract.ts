import type { TimeWindow } from '../storage/store.js';
import type { Percentile } from './percentile.js';
import type { AnswerFacts } from './query.js';
import type { Row } from './row.js';
import type { Trust } from './trust.js';

/** The JSON face of an answer, a contract with other programs: `lib/docs/report.md` has its meaning. */
export interface AnswerHeader {
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly until: string;
  /** As asked for; null without. */
  readonly step: string | null;
  readonly relativeAccuracy: number;
  /** Dropped is null where no server could tell. */
  readonly loss: { readonly datagramsDropped: number | null; readonly datagramsReceived: number };
  /** Samples that lost their own series to a server's limit; they are in rows tagged `overflow:true`. */
  readonly overflow: { readonly samples: number };
  readonly coverage: {
    readonly seconds: number;
    readonly gaps: readonly { readonly since: string; readonly until: string }[];
  };
  /** How long the buckets were that were read; null where there were none. */
  readonly resolution: { readonly shortestSeconds: number; readonly longestSeconds: number } | null;
}

/** One row of the JSON face. What the type does not have is absent. */
export interface RowDocument {
  readonly name: string;
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly time?: string;
  readonly count: number;
  readonly rate?: number;
  readonly sum?: number;
  readonly min?: number;
  readonly mean?: number;
  readonly max?: number;
  readonly last?: number;
  /** ISO 8601: when `last` was set. */
  readonly lastAt?: string;
  /** Keyed as asked for. */
  readonly percentiles?: Readonly<Record<string, number>>;
  /** How many samples of equal weight the percentiles rest on. */
  readonly effectiveSamples?: number;
  /** Percentiles with fewer than ten samples beyond them, as asked for; absent when there are none. */
  readonly uncertain?: readonly string[];
  /** Weight of samples that share the lowest bin of a full sketch; absent when there are none. */
  readonly collapsed?: number;
  /** What is missing in the row's step; absent when nothing is. */
  readonly missing?: { readonly datagramsDropped: number; readonly seconds: number };
}

export function headerDocument(
  answer: AnswerFacts,
  window: TimeWindow,
  step: string | undefined,
): AnswerHeader {
  const { resolution } = answer;
  const { datagramsDropped, datagramsReceived } = answer.loss;
  return {
    ...isoWindow(window),
    step: step ?? null,
    relativeAccuracy: answer.relativeAccuracy,
    loss: { datagramsDropped: datagramsDropped ?? null, datagramsReceived },
    overflow: { samples: answer.samplesOverflowed },
    coverage: { seconds: answer.coverage.coveredMs / 1000, gaps: answer.coverage.gaps.map(isoWindow) },
    resolution:
      resolution === undefined
        ? null
        : { shortestSeconds: resolution.minMs / 1000, longestSeconds: resolution.maxMs / 1000 },
  };
}

const numberNames = ['rate', 'sum', 'min', 'mean', 'max', 'last'] as const;

export function rowDocument(row: Row, percentiles: readonly Percentile[]): RowDocument {
  const { name, type, tags, timeMs, percentiles: values, lastAtMs, trust, flaw } = row;
  const numbers = numberNames.filter((key) => row[key] !== undefined).map((key) => [key, row[key]]);
  return {
    name,
    type,
    // Tag keys are anyone's: fromEntries makes `__proto__` a key like any other.
    tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
    ...(timeMs !== undefined && { time: new Date(timeMs).toISOString() }),
    count: row.count,
    ...(Object.fromEntries(numbers) as Partial<RowDocument>),
    ...(lastAtMs !== undefined && { lastAt: new Date(lastAtMs).toISOString() }),
    ...(values !== undefined && {
      percentiles: Object.fromEntries(percentiles.map(({ label }, i) => [label, values[i] ?? Number.NaN])),
    }),
    ...(trust !== undefined && trustDocument(trust, percentiles)),
    ...(flaw !== undefined && {
      missing: { datagramsDropped: flaw.datagramsDropped, seconds: flaw.missingMs / 1000 },
    }),
  };
}

function trustDocument(
  { effectiveSamples, uncertain, collapsed }: Trust,
  percentiles: readonly Percentile[],
): Pick<RowDocument, 'effectiveSamples' | 'uncertain' | 'collapsed'> {
  return {
    effectiveSamples,
    ...(uncertain.includes(true) && {
      uncertain: percentiles.filter((_, i) => uncertain[i]).map(({ label }) => label),
    }),
    ...(collapsed > 0 && { collapsed }),
  };
}

function isoWindow({ sinceMs, untilMs }: TimeWindow): { since: string; until: string } {
  return { since: new Date(sinceMs).toISOString(), until: new Date(untilMs).toISOString() };
}
