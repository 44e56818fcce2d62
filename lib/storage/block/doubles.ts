const little = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
const lowAt = little ? 0 : 1;
const highAt = 1 - lowAt;

/** The two 32-bit words of a double, both unsigned. */
export class DoubleWords {
  private readonly double = new Float64Array(1);
  private readonly words = new Uint32Array(this.double.buffer);
  high = 0;
  low = 0;

  split(value: number): this {
    this.double[0] = value;
    this.high = this.words[highAt]!;
    this.low = this.words[lowAt]!;
    return this;
  }
}

const one = new DoubleWords();
const other = new DoubleWords();

/** How many doubles `to` is further than `from`, away from zero; Infinity where that is not a small number. */
export function ulpsBetween(from: number, to: number): number {
  if (from === to) return 0;
  if (from === 0 || to - to !== 0 || from - from !== 0) return Infinity;
  one.split(from);
  other.split(to);
  const high = other.high - one.high;
  return Math.abs(high) > 1 ? Infinity : high * 0x100000000 + other.low - one.low;
}
