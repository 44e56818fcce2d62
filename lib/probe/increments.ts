import type { Reading } from './reading.js';
import { type Sample, tagText } from './sample.js';

/**
 * Turns one source's readings into samples: a level is a gauge; a running total is a counter of what was added
 * since the reading before. There is nothing to send of a total's first reading, and of one that went back (a
 * counter that wrapped, a device that was replaced), as what happened in between is not known. A total that has
 * stood at 0 since the beginning is not sent: an unused device or an error that never happened is no series.
 */
export class Increments {
  private before = new Map<string, number>();

  next(readings: readonly Reading[]): Sample[] {
    // Only what is read now is remembered: a device that leaves and comes back starts anew.
    const now = new Map<string, number>();
    const samples = readings.flatMap((reading): Sample[] => {
      const { name, kind, value, tags } = reading;
      if (kind === 'level') return [{ name, kind: 'gauge', value, tags }];
      const key = [name, ...tags.map(tagText)].join('\n');
      const before = this.before.get(key);
      now.set(key, value);
      if (before === undefined || value < before || value === 0) return [];
      return [{ name, kind: 'counter', value: value - before, tags }];
    });
    this.before = now;
    return samples;
  }
}
