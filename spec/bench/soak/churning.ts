/**
 * Traffic of a fleet whose series come and go: of `slots` series at a time, one in fifty is replaced by a new name every
 * period, each of them after fifty periods. Half are counters, a quarter gauges, a quarter timers of three samples.
 */
export class Churning {
  /** Sum of the counters sent so far. */
  counted = 0;
  private state = 1;

  constructor(private readonly slots: number) {}

  /** Datagrams of at most 1,432 bytes with one line of every series alive in a period. */
  datagrams(period: number): string[] {
    const datagrams: string[] = [];
    let packed = '';
    for (let slot = 0; slot < this.slots; slot += 1) {
      const line = this.line(slot, period);
      if (packed.length + 1 + line.length > mostBytes) {
        datagrams.push(packed);
        packed = line;
      } else packed = packed === '' ? line : `${packed}\n${line}`;
    }
    return [...datagrams, packed];
  }

  private line(slot: number, period: number): string {
    const generation = Math.floor((period + (slot % lifetime)) / lifetime);
    const tail = `${slot}.g${generation}`;
    const kind = slot % 4;
    if (kind < 2) {
      const count = 1 + this.below(20);
      this.counted += count;
      return `app.hits.${tail}:${count}|c`;
    }
    if (kind === 2) return `app.depth.${tail}:${this.below(1000) / 8}|g`;
    return `app.took.${tail}:${[0, 1, 2].map(() => 1 + this.below(500)).join(':')}|ms|#slot:${slot % 20}`;
  }

  /** Lehmer's generator, modulus 2^31 - 1, multiplier 48271: the same numbers on every run. */
  private below(limit: number): number {
    this.state = (this.state * 48271) % 2147483647;
    return this.state % limit;
  }
}

/** Periods that a series lives for. */
const lifetime = 50;
const mostBytes = 1432;
