import type { SeriesRef } from './table.js';

const firstAges = 1024;
const oldest = 255;

/**
 * How long series were not heard, in steps that somebody else sets: the plain twin of the kernel's
 * assembly/ages.ts.
 */
export class SeriesAges {
  private ages = new Uint8Array(firstAges);

  /** Says that a series was heard just now. */
  heard(ref: SeriesRef): void {
    if (ref >= this.ages.length) {
      const wider = new Uint8Array(Math.max(ref + 1, this.ages.length * 2));
      wider.set(this.ages);
      this.ages = wider;
    }
    this.ages[ref] = 0;
  }

  /** Makes all series older by one. */
  growOlder(): void {
    for (const [ref, age] of this.ages.entries()) if (age < oldest) this.ages[ref] = age + 1;
  }

  /** Refs below a bound of at least this age. */
  ofAge(age: number, bound: SeriesRef): SeriesRef[] {
    const refs: SeriesRef[] = [];
    for (let ref = 0; ref < bound; ref += 1) if ((this.ages[ref] ?? 0) >= age) refs.push(ref);
    return refs;
  }
}
