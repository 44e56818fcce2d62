/**
 * A set of 64-bit hashes, as pairs of unsigned 32-bit words, in one flat table with linear probing. The pair
 * (0, 0) marks an empty place and cannot be a member.
 */
export class HashSet {
  private words = new Uint32Array(2 * firstCapacity);
  private members = 0;

  get size(): number {
    return this.members;
  }

  add(high: number, low: number): void {
    const at = this.placeOf(high >>> 0, low >>> 0);
    const { words } = this;
    if ((words[at]! | words[at + 1]!) !== 0) return;
    words[at] = high;
    words[at + 1] = low;
    this.members += 1;
    if (this.members * 4 > words.length) this.grow();
  }

  forEach(visit: (high: number, low: number) => void): void {
    const { words } = this;
    for (let at = 0; at < words.length; at += 2) {
      if ((words[at]! | words[at + 1]!) !== 0) visit(words[at]!, words[at + 1]!);
    }
  }

  private placeOf(high: number, low: number): number {
    const { words } = this;
    const mask = words.length - 2;
    let at = (low << 1) & mask;
    while ((words[at]! | words[at + 1]!) !== 0 && !(words[at] === high && words[at + 1] === low)) {
      at = (at + 2) & mask;
    }
    return at;
  }

  private grow(): void {
    const old = this.words;
    this.words = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 2) {
      if ((old[at]! | old[at + 1]!) === 0) continue;
      const to = this.placeOf(old[at]!, old[at + 1]!);
      this.words[to] = old[at]!;
      this.words[to + 1] = old[at + 1]!;
    }
  }
}

const firstCapacity = 4;
