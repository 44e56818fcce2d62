import { messageOf } from '../errors.js';
import type { Outbox } from '../flush/outbox.js';
import type { HealthReport } from '../http/health.js';
import type { LastingStore } from '../storage/sqlite/lasting-store.js';

/** What health says of the database and of what waits for it, in words. */
export async function databaseHealth(
  store: LastingStore,
  outbox: Outbox | undefined,
): Promise<Pick<HealthReport, 'databaseError' | 'databaseNotes'>> {
  const failure = outbox?.lastFailure ?? (await store.checkWritable().then(() => undefined, messageOf));
  const notes: string[] = [];
  const { waiting = 0, coarsestMs = 0, lostFlushes = 0 } = outbox ?? {};
  if (failure !== undefined && waiting > 0) notes.push(`flushes that wait in memory: ${waiting}`);
  if (coarsestMs > 0) {
    notes.push(`what waits is merged into stretches of ${coarsestMs / 1000} s: sums stay exact`);
  }
  if (lostFlushes > 0) notes.push(`flushes given up since the start: ${lostFlushes}`);
  if (store.change !== undefined) notes.push(store.change);
  return { databaseError: failure ?? store.damage, databaseNotes: notes };
}
