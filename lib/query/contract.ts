import type { TimeWindow } from '../storage/store.js';
import type { Percentile } from './percentile.js';
import type { Answer } from './query.js';
import type { Row } from './row.js';

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
  readonly coverage: {
    readonly seconds: number;
    readonly gaps: readonly { readonly since: string; readonly until: string }[];
  };
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
  /** Keyed as asked for. */
  readonly percentiles?: Readonly<Record<string, number>>;
}

export function headerDocument(answer: Answer, window: TimeWindow, step: string | undefined): AnswerHeader {
  const { datagramsDropped, datagramsReceived } = answer.loss;
  return {
    ...isoWindow(window),
    step: step ?? null,
    relativeAccuracy: answer.relativeAccuracy,
    loss: { datagramsDropped: datagramsDropped ?? null, datagramsReceived },
    coverage: { seconds: answer.coverage.coveredMs / 1000, gaps: answer.coverage.gaps.map(isoWindow) },
  };
}

export function rowDocument(row: Row, percentiles: readonly Percentile[]): RowDocument {
  const { name, type, tags, timeMs, percentiles: values, ...numbers } = row;
  return {
    name,
    type,
    // Tag keys are anyone's: fromEntries makes `__proto__` a key like any other.
    tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
    ...(timeMs !== undefined && { time: new Date(timeMs).toISOString() }),
    ...numbers,
    ...(values !== undefined && {
      percentiles: Object.fromEntries(percentiles.map(({ label }, i) => [label, values[i] ?? Number.NaN])),
    }),
  };
}

function isoWindow({ sinceMs, untilMs }: TimeWindow): { since: string; until: string } {
  return { since: new Date(sinceMs).toISOString(), until: new Date(untilMs).toISOString() };
}
