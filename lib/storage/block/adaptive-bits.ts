/**
 * Probabilities of binary decisions that learn from what they see, for the range coder. Each starts at one half, moves
 * far at first and less with every decision: a block is a few hundred points, so that what is not learnt soon is not
 * learnt at all.
 */
export class AdaptiveBits {
  /** Probability that a decision is 0, in 65,536ths. */
  readonly zero: Uint16Array;
  private readonly seen: Uint8Array;

  constructor(decisions: number) {
    this.zero = new Uint16Array(decisions).fill(32768);
    this.seen = new Uint8Array(decisions);
  }

  /** Learns that decision `i` was `bit`. Stays within 31 and 65,505: no decision becomes impossible. */
  learn(i: number, bit: number): void {
    const seen = this.seen[i]!;
    const shift = shifts[seen]!;
    if (seen < lastShift) this.seen[i] = seen + 1;
    const p = this.zero[i]!;
    this.zero[i] = bit === 0 ? p + ((65536 - p) >>> shift) : p - (p >>> shift);
  }
}

/** By how many bits a step is shortened, for the first decisions: close to 1 / (n + 1.5) of the way. */
const shifts = Uint8Array.of(1, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5);
const lastShift = shifts.length - 1;
