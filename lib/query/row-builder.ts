import type { StoredPoint } from '../storage/store.js';
import type { Percentile } from './percentile.js';
import type { RowNumbers } from './row.js';
import type { Shape } from './shape.js';

/**
 * Gathers the points of one group over one span. Points come lane by lane or mixed, but within one lane of one
 * reader in order of time; a bucket may come more than once.
 */
export interface RowBuilder {
  /** Largest relative error of the percentiles; 0 when they are exact. */
  readonly relativeAccuracy: number;
  /** The lane of one series. `shared`: more than one reader holds it, so its buckets come in any order. */
  lane(shared: boolean): Lane;
  /** Called once, when every point is in. `seconds`: how long a server was running, above 0. */
  finish(seconds: number, percentiles: readonly Percentile[]): RowNumbers;
  /** What the percentiles are taken from; after `finish`. Sets have none. */
  shape(): Shape | undefined;
}

/** Takes the points of one series. */
export interface Lane {
  add(point: StoredPoint): void;
  /** Called when the series has no more points for the row. */
  end(): void;
}
