import type { SeriesRef } from '../series/table.js';
import type { LookBuilder } from './look.js';

/**
 * The value each gauge has now, for changes: it outlives intervals, and the start of a server restores it from
 * the store. A gauge never seen is 0, so a change to it is a setting.
 */
export class GaugeValues {
  private readonly values = new Map<SeriesRef, number>();
  private readonly times = new Map<SeriesRef, number>();

  /** Sets or changes a gauge and returns its new value. */
  update(ref: SeriesRef, value: number, isDelta: boolean): number {
    const next = isDelta ? (this.values.get(ref) ?? 0) + value : value;
    this.values.set(ref, next);
    return next;
  }

  /** Says when a gauge was set. */
  setAt(ref: SeriesRef, atMs: number): void {
    this.times.set(ref, atMs);
  }

  look(into: LookBuilder): void {
    for (const [ref, value] of this.values) into.addGauge(ref, value, this.times.get(ref) ?? 0);
  }

  forget(ref: SeriesRef): void {
    this.values.delete(ref);
  }

  /** Gives away what a gauge is now; nothing is left of it. */
  take(ref: SeriesRef): number | undefined {
    const value = this.values.get(ref);
    this.values.delete(ref);
    this.times.delete(ref);
    return value;
  }
}
