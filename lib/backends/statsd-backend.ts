import type { Backend } from '../flush/flush.js';
import type { StatsdFlush } from '../flush/statsd-metrics.js';
import type { StatsdStatistics } from '../flush/statsd-statistics.js';

/** One line that a backend adds to `stats` at the management console. */
export interface StatusLine {
  readonly group: string;
  /** A name that starts with `last_` has Unix seconds. */
  readonly name: string;
  readonly value: number | string;
}

/** Where a flush goes in statsd's terms. */
export interface StatsdBackend {
  readonly name: string;
  /** Whether it takes the members of sets, and is not content with how many there are. */
  readonly wantsMembers: boolean;
  /** Takes one flush, which is only lent. A rejection means it is not taken: it is tried again. */
  flush(flush: StatsdFlush): Promise<void>;
  status(): Promise<readonly StatusLine[]>;
  close(): Promise<void>;
}

/** The backend as one to write flushes to: those that `statistics` has taken before. */
export function writesStatistics(backend: StatsdBackend, statistics: StatsdStatistics): Backend {
  return {
    name: backend.name,
    write: async (flush) => {
      const made = statistics.of(flush);
      if (made !== undefined) await backend.flush(made);
    },
    close: () => backend.close(),
  };
}
