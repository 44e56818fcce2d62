import type { Clock } from '../clock.js';
import { messageOf } from '../errors.js';
import type { Refusal } from '../flush/flush.js';
import { ok, type Reply } from './reply.js';

/** What the server knows of itself. */
export interface HealthReport {
  readonly listeners: readonly {
    readonly name: string;
    readonly address: string;
    /** Undefined while it is not bound. */
    readonly port?: number | undefined;
    readonly bound: boolean;
    /** Of a listener for datagrams that is bound: what was asked of the system, and what it gave. */
    readonly receiveBuffer?: { readonly askedBytes: number; readonly grantedBytes: number } | undefined;
  }[];
  /** Why the database cannot be written, in words; undefined when it can. */
  readonly databaseError: string | undefined;
  /** What else is to be known of the database and of what waits for it, in words. */
  readonly databaseNotes: readonly string[];
  /** Since the last flush was written, or since the start before there was one. */
  readonly lastFlushAgeMs: number;
  readonly flushIntervalMs: number;
  /** Where else flushes go, and what is wrong there: their trouble is not this server's. */
  readonly backends: readonly BackendHealth[];
  readonly series: SeriesHealth;
  /** Whether a person has said at the management console that the server is down. */
  readonly isSaidDown: boolean;
}

/** How many series there are, and which names want more than there is room for: no trouble of the server itself. */
export interface SeriesHealth {
  /** At the end of the last interval. */
  readonly live: number;
  /** How often one was refused a place of its own since the start. */
  readonly refused: number;
  /** The names refused most. */
  readonly refusals: readonly Refusal[];
}

export interface BackendHealth {
  readonly name: string;
  /** In words; undefined when all is well. */
  readonly problem: string | undefined;
  readonly flushesWaiting: number;
  readonly flushesLost: number;
}

export type HealthCheck = () => Promise<HealthReport>;

/** A flush that failed is tried again with the next: only when that is missing too, something is wrong. */
const lateAfterIntervals = 3;

/** With intervals of a fraction of a second a busy disk alone would make it seem so. */
const lateAfterMs = 5000;

/** Longer than a write waits for a lock, so that the answer can say what it waited for. */
const timeoutMs = 5000;

/** 200 when all is well, 503 with the reasons when not; an answer in any case, even when the check hangs. */
export async function healthReply(check: HealthCheck, clock: Clock): Promise<Reply> {
  try {
    const report = await inTime(check(), clock);
    const problems = problemsOf(report);
    const body = { status: problems.length === 0 ? 'up' : 'down', problems, ...detailsOf(report) };
    return problems.length === 0 ? ok(body) : { status: 503, body };
  } catch (error) {
    return { status: 503, body: { status: 'down', problems: [`the check failed: ${messageOf(error)}`] } };
  }
}

/** What is wrong, in words; empty when nothing is. */
export function problemsOf(report: HealthReport): string[] {
  const { listeners, databaseError, lastFlushAgeMs, flushIntervalMs, isSaidDown } = report;
  const problems = listeners
    .filter(({ bound }) => !bound)
    .map(({ name, address }) => `the ${name} listener is not bound to ${address}`);
  if (databaseError !== undefined) problems.push(`the database is not writable: ${databaseError}`);
  if (lastFlushAgeMs > Math.max(lateAfterIntervals * flushIntervalMs, lateAfterMs)) {
    const age = seconds(lastFlushAgeMs);
    problems.push(`no flush was written for ${age} s, with an interval of ${seconds(flushIntervalMs)} s`);
  }
  if (isSaidDown) problems.push('health was set to down at the management console');
  return problems;
}

function detailsOf(report: HealthReport): object {
  return {
    listeners: report.listeners,
    database: { writable: report.databaseError === undefined, notes: report.databaseNotes },
    backends: report.backends.map(({ problem, ...rest }) => ({ ...rest, problem: problem ?? null })),
    series: {
      live: report.series.live,
      refused: report.series.refused,
      refusals: report.series.refusals.map(refusalDocument),
    },
    flush: { ageSeconds: seconds(report.lastFlushAgeMs), intervalSeconds: seconds(report.flushIntervalMs) },
  };
}

function refusalDocument({ firstSeenMs, lastSeenMs, ...refusal }: Refusal): object {
  const [firstSeen, lastSeen] = [firstSeenMs, lastSeenMs].map((timeMs) => new Date(timeMs).toISOString());
  return { ...refusal, firstSeen, lastSeen };
}

const seconds = (ms: number): number => Math.round(ms) / 1000;

async function inTime<T>(promise: Promise<T>, clock: Clock): Promise<T> {
  let timer: unknown;
  const late = new Promise<never>((_, reject) => {
    timer = clock.setTimer(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  return Promise.race([promise, late]).finally(() => clock.clearTimer(timer));
}
