/**
 * Probabilities of binary decisions that learn from what they see, for the range coder. Each starts at one
 * half, moves far at first and less with every decision: a block is a few hundred points, so that what is not
 * learnt soon is not learnt at all. Models take the decisions they need; blocks share the memory one after the
 * other.
 */
export class AdaptiveBits {
  /** Probability that a decision is 0, in 32,768ths. */
  zero = new Uint16Array(firstRoom);
  /** How many a decision has seen, up to `lastShift`. */
  seen = new Uint8Array(firstRoom);
  private used = 0;

  clear(): void {
    this.used = 0;
  }

  /**
   * The number of the first of so many decisions, which know nothing yet.
   *
   * @param seen with how many they begin: the more, the less each one moves them
   */
  take(decisions: number, seen = 0): number {
    const first = this.used;
    this.used += decisions;
    if (this.used > this.zero.length) this.grow();
    this.zero.fill(even, first, this.used);
    this.seen.fill(seen, first, this.used);
    return first;
  }

  /** Learns that decision `i` was `bit`. Stays within 31 and 32,737: no decision becomes impossible. */
  learn(i: number, bit: number): void {
    const seen = this.seen[i]!;
    const shift = shifts[seen]!;
    if (seen < lastShift) this.seen[i] = seen + 1;
    const p = this.zero[i]!;
    this.zero[i] = bit === 0 ? p + ((32768 - p) >>> shift) : p - (p >>> shift);
  }

  private grow(): void {
    const room = 2 * this.used;
    const [zero, seen] = [new Uint16Array(room), new Uint8Array(room)];
    zero.set(this.zero);
    seen.set(this.seen);
    this.zero = zero;
    this.seen = seen;
  }
}

const firstRoom = 1 << 13;
const even = 16384;

/** By how many bits a step is shortened, for the first decisions: close to 1 / (n + 1.5) of the way. */
export const shifts = Uint8Array.of(1, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5);
export const lastShift = shifts.length - 1;
