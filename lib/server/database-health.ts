import { messageOf } from '../errors.js';
import type { Outbox } from '../flush/outbox.js';
import type { HealthReport } from '../http/health.js';
import type { LastingStore } from '../storage/sqlite/lasting-store.js';

/** A write that takes longer than this, and than the flush interval, is one that cannot keep up. */
const slowMs = 5000;

/** What health says of the database and of what waits for it, in words. */
export async function databaseHealth(
  store: LastingStore,
  outbox: Outbox,
  flushIntervalMs: number,
): Promise<Pick<HealthReport, 'databaseError' | 'databaseNotes'>> {
  const failure = await failureOf(store, outbox, flushIntervalMs);
  const notes: string[] = [];
  if (failure !== undefined) notes.push(`flushes that wait in memory: ${outbox.waiting}`);
  if (outbox.coarsestMs > 0) {
    notes.push(`what waits is merged into stretches of ${outbox.coarsestMs / 1000} s: sums stay exact`);
  }
  if (outbox.lostFlushes > 0) notes.push(`flushes given up since the start: ${outbox.lostFlushes}`);
  if (store.change !== undefined) notes.push(store.change);
  return { databaseError: failure, databaseNotes: notes };
}

async function failureOf(
  store: LastingStore,
  outbox: Outbox,
  flushIntervalMs: number,
): Promise<string | undefined> {
  if (outbox.lastFailure !== undefined) return outbox.lastFailure;
  if (store.damage !== undefined) return store.damage;
  const { writingMs } = outbox;
  // A write of its own would wait for the one that is being made.
  if (writingMs === undefined) return store.checkWritable().then(() => undefined, messageOf);
  if (writingMs <= Math.max(slowMs, flushIntervalMs)) return undefined;
  const taken = Math.round(writingMs / 1000);
  return `a write has taken ${taken} s so far; the disk is slow, or does not answer`;
}
