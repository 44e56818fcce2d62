export interface ChurningOptions {
  /** Periods that a series lives for: of `slots` series at a time, that part is replaced every period. */
  readonly lifetime?: number;
  /** Whether every second series comes back, after it was away for twice as long as it lives. */
  readonly comesBack?: boolean;
}

/**
 * Traffic of a fleet whose series come and go: after its lifetime each is replaced by another name. Half are counters, a
 * quarter gauges, a quarter timers of three samples.
 */
export class Churning {
  /** Sum of the counters sent so far. */
  counted = 0;
  private state = 1;

  private readonly lifetime: number;
  private readonly comesBack: boolean;

  constructor(
    private readonly slots: number,
    { lifetime = 50, comesBack = false }: ChurningOptions = {},
  ) {
    this.lifetime = lifetime;
    this.comesBack = comesBack;
  }

  /** How many names there are at most when every one has been there. */
  names(periods: number): number {
    let names = 0;
    for (let slot = 0; slot < this.slots; slot += 1) {
      const generations = this.generation(slot, periods - 1) + 1;
      names += this.returns(slot) ? Math.min(takingTurns, generations) : generations;
    }
    return names;
  }

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
    const generation = this.generation(slot, period);
    const tail = `${slot}.g${this.returns(slot) ? generation % takingTurns : generation}`;
    const kind = slot % 4;
    if (kind < 2) {
      const count = 1 + this.below(20);
      this.counted += count;
      return `app.hits.${tail}:${count}|c`;
    }
    if (kind === 2) return `app.depth.${tail}:${this.below(1000) / 8}|g`;
    return `app.took.${tail}:${[0, 1, 2].map(() => 1 + this.below(500)).join(':')}|ms|#slot:${slot % 20}`;
  }

  private generation(slot: number, period: number): number {
    return Math.floor((period + (slot % this.lifetime)) / this.lifetime);
  }

  /** Of each kind every second one. */
  private returns(slot: number): boolean {
    return this.comesBack && slot % 8 < 4;
  }

  /** Lehmer's generator, modulus 2^31 - 1, multiplier 48271: the same numbers on every run. */
  private below(limit: number): number {
    this.state = (this.state * 48271) % 2147483647;
    return this.state % limit;
  }
}

/** Names that take turns where series come back. */
const takingTurns = 3;
const mostBytes = 1432;
