/** A small seeded generator of 32-bit numbers (mulberry32), so that a failure can be run again. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** A whole number in `[0, below)`. */
  below(below: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  }
}

const specials = Buffer.from(':::|||@@##,;=[]{}\n\n\r \t+-.0123456789eExcgmshdT_\u0000/');
const slabBytes = 8192;
const longestRun = 40;

/**
 * Datagrams made of real lines with damage done to them, in a slab whose other bytes are leftovers of earlier
 * datagrams: the worst that a parser that looks too far could find.
 */
export class MutatedDatagrams {
  readonly slab = new Uint8Array(slabBytes);
  start = 0;
  end = 0;
  private readonly random: Random;
  private readonly lines: readonly Uint8Array[];

  constructor(seed: number, lines: readonly Uint8Array[]) {
    this.random = new Random(seed);
    this.lines = lines.filter(({ length }) => length <= 200);
  }

  /** Makes the next datagram, `[start, end)` of the slab. */
  next(): void {
    const { random } = this;
    this.start = this.end = random.below(1000);
    if (random.below(16) === 0) this.appendNoise();
    else this.appendLines();
    for (let damages = random.below(6); damages > 0 && this.end > this.start; damages--) this.damage();
  }

  private appendNoise(): void {
    for (let i = this.random.below(64); i > 0; i--) {
      this.append(this.random.below(2) === 0 ? this.random.below(256) : this.special());
    }
  }

  private appendLines(): void {
    for (let count = 1 + this.random.below(4); count > 0; count--) {
      const line = this.lines[this.random.below(this.lines.length)]!;
      this.slab.set(line, this.end);
      this.end += line.length;
      if (count > 1 || this.random.below(4) === 0) this.append(0x0a);
    }
  }

  private damage(): void {
    const { slab, random } = this;
    const at = this.start + random.below(this.end - this.start);
    const run = Math.min(1 + random.below(longestRun), this.end - at);
    switch (random.below(6)) {
      case 0: // flip a bit
        slab[at] = slab[at]! ^ (1 << random.below(8));
        break;
      case 1: // overwrite
        slab[at] = this.special();
        break;
      case 2: // delete
        slab.copyWithin(at, at + run, this.end);
        this.end -= run;
        break;
      case 3: // insert
        this.insert(at, 1);
        slab[at] = this.special();
        break;
      case 4: // duplicate
        this.insert(at, run);
        slab.copyWithin(at, at + run, at + run + run);
        break;
      default: // splice a piece of another place in
        this.splice(at, random.below(at), run);
    }
  }

  private splice(at: number, from: number, length: number): void {
    this.insert(at, length);
    this.slab.copyWithin(at, from, from + length);
  }

  private insert(at: number, length: number): void {
    this.slab.copyWithin(at + length, at, this.end);
    this.end += length;
  }

  private append(byte: number): void {
    this.slab[this.end++] = byte;
  }

  private special(): number {
    return specials[this.random.below(specials.length)]!;
  }
}
