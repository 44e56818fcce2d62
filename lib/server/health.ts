import type { Health } from '../admin/commands.js';
import type { Config } from '../config/config.js';
import type { Flusher } from '../flush/flusher.js';
import type { HealthReport } from '../http/health.js';
import type { Listener } from '../ingest/listener.js';
import type { LastingStore } from '../storage/sqlite/lasting-store.js';
import type { StatsdBackends } from './backends.js';
import { databaseHealth } from './database-health.js';
import type { Face } from './face.js';
import { listenersHealth } from './listeners.js';
import type { RefusalWatch } from './refusal-watch.js';

export interface HealthParts {
  readonly config: Config;
  /** Undefined before it has been opened. */
  readonly listener: Listener | undefined;
  readonly faces: { readonly http: Face; readonly mgmt: Face };
  /** The database is the first of its backends. */
  readonly flusher: Flusher;
  readonly store: LastingStore;
  readonly statsd: StatsdBackends;
  /** What was said at the management console. */
  readonly declared: Health;
  readonly refusals: RefusalWatch;
}

/** What `/healthz` is made from. */
export async function healthOf(parts: HealthParts): Promise<HealthReport> {
  const { config, listener, faces, flusher, store, statsd, declared, refusals } = parts;
  const outbox = flusher.outboxes[0]!;
  const others = flusher.outboxes.slice(1);
  return {
    listeners: listenersHealth(config, listener, faces.http.address?.port, faces.mgmt.address?.port),
    ...(await databaseHealth(store, outbox, config.flushInterval)),
    lastFlushAgeMs: outbox.ageMs,
    flushIntervalMs: config.flushInterval,
    backends: others.map(({ name, lastFailure, waiting, lostFlushes }) => ({
      name,
      problem: lastFailure ?? statsd.problemOf(name),
      flushesWaiting: waiting,
      flushesLost: lostFlushes,
    })),
    series: refusals.health,
    isSaidDown: declared.status === 'down',
  };
}
