/**
 * The registers of a HyperLogLog over 64-bit hashes. The first 14 bits of a hash choose a register; it keeps
 * the most that was seen of 1 + the number of zero bits that follow, 0 to 51.
 */
export class Registers {
  readonly values = new Uint8Array(registerCount);

  addHash(high: number, low: number): void {
    const index = high >>> (32 - indexBits);
    const rest = (high << indexBits) >>> 0;
    const value = rest !== 0 ? 1 + Math.clz32(rest) : 1 + 32 - indexBits + Math.clz32(low);
    if (value > this.values[index]!) this.values[index] = value;
  }

  merge(from: Readonly<Registers>): void {
    const { values } = this;
    for (let i = 0; i < registerCount; i += 1) {
      if (from.values[i]! > values[i]!) values[i] = from.values[i]!;
    }
  }

  /**
   * The improved raw estimator of Ertl, "New cardinality estimation algorithms for HyperLogLog sketches"
   * (2017), algorithm 6: without tables of bias and good over the whole range. Standard error 1.04 / sqrt(2^14)
   * = 0.81 %.
   */
  estimate(): number {
    const histogram = new Float64Array(maxRegister + 1);
    for (let i = 0; i < registerCount; i += 1) histogram[this.values[i]!]! += 1;
    let z = registerCount * tau(1 - histogram[maxRegister]! / registerCount);
    for (let k = maxRegister - 1; k >= 1; k -= 1) z = 0.5 * (z + histogram[k]!);
    z += registerCount * sigma(histogram[0]! / registerCount);
    return (registerCount * registerCount) / (2 * Math.LN2 * z);
  }
}

const indexBits = 14;
export const registerCount = 2 ** indexBits;
/** All 50 bits after the index are zero. */
export const maxRegister = 64 - indexBits + 1;

/**
 * x + the sum of x^(2^k)·2^(k-1) for k = 1, 2, ...: what registers still at 0 contribute. Infinite for x = 1.
 */
function sigma(x: number): number {
  if (x === 1) return Infinity;
  let power = x;
  let factor = 1;
  let sum = x;
  for (;;) {
    power *= power;
    const previous = sum;
    sum += power * factor;
    factor += factor;
    if (sum === previous) return sum;
  }
}

/** (1 - x - the sum of (1 - x^(2^-k))^2·2^-k for k = 1, 2, ...) / 3: what full registers contribute. */
function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let root = x;
  let factor = 1;
  let sum = 1 - x;
  for (;;) {
    root = Math.sqrt(root);
    const previous = sum;
    factor *= 0.5;
    sum -= (1 - root) ** 2 * factor;
    if (sum === previous) return sum / 3;
  }
}
