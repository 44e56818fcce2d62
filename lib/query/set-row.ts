import type { SetPartial } from '../aggregate/partial.js';
import { HyperLogLog } from '../sketch/hyperloglog.js';
import type { StoredPoint } from '../storage/store.js';
import type { RowNumbers } from './row.js';
import type { Lane, RowBuilder } from './row-builder.js';

/** Sets: how many different members there were over the whole span, and over the whole group. */
export class SetRow implements RowBuilder, Lane {
  readonly relativeAccuracy = 0;
  private readonly members = new HyperLogLog();

  lane(): Lane {
    return this;
  }

  add(point: StoredPoint): void {
    this.members.merge((point.partial as SetPartial).members);
  }

  end(): void {}

  finish(): RowNumbers {
    return { count: Math.round(this.members.estimate()) };
  }

  shape(): undefined {}
}
