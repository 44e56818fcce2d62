const firstPlaces = 64;

/**
 * Numbers by text that do not keep the texts: 16 bytes a place, where a `Map` of strings takes a hundred and
 * more. Texts are told apart by 64 bits of a hash with a secret seed; that two of a million are taken for one
 * has a chance of one in thirty million. Open addressing with linear probing; what is deleted leaves no trace.
 */
export class HashedNumbers {
  private hashes = new Uint32Array(2 * firstPlaces);
  private values = new Float64Array(firstPlaces);
  private mask = firstPlaces - 1;
  private used = 0;
  private readonly seeds = crypto.getRandomValues(new Uint32Array(2));
  private high = 0;
  private low = 0;

  get size(): number {
    return this.used;
  }

  get(text: string): number | undefined {
    const place = this.find(text);
    return this.isFree(place) ? undefined : this.values[place];
  }

  set(text: string, value: number): void {
    if ((this.used + 1) * 10 > (this.mask + 1) * 7) this.grow();
    const place = this.find(text);
    if (this.isFree(place)) {
      this.hashes[2 * place] = this.high;
      this.hashes[2 * place + 1] = this.low;
      this.used += 1;
    }
    this.values[place] = value;
  }

  delete(text: string): void {
    const place = this.find(text);
    if (this.isFree(place)) return;
    this.used -= 1;
    this.closeGap(place);
  }

  /** The place of a text, or the free one where it would be; its hash is in `high` and `low`. */
  private find(text: string): number {
    this.high = hashText(text, this.seeds[0]!);
    // Two zeros are a free place.
    this.low = hashText(text, this.seeds[1]!) || 1;
    let place = this.high & this.mask;
    while (!this.isFree(place) && !this.isHere(place)) place = (place + 1) & this.mask;
    return place;
  }

  private isFree(place: number): boolean {
    return this.hashes[2 * place] === 0 && this.hashes[2 * place + 1] === 0;
  }

  private isHere(place: number): boolean {
    return this.hashes[2 * place] === this.high && this.hashes[2 * place + 1] === this.low;
  }

  /** Those behind a gap move up, so that no search ends at it. */
  private closeGap(from: number): void {
    const { hashes, values, mask } = this;
    let gap = from;
    for (let place = (gap + 1) & mask; !this.isFree(place); place = (place + 1) & mask) {
      const home = hashes[2 * place]! & mask;
      if (((place - home) & mask) < ((place - gap) & mask)) continue;
      hashes[2 * gap] = hashes[2 * place]!;
      hashes[2 * gap + 1] = hashes[2 * place + 1]!;
      values[gap] = values[place]!;
      gap = place;
    }
    hashes[2 * gap] = 0;
    hashes[2 * gap + 1] = 0;
  }

  private grow(): void {
    const { hashes, values } = this;
    this.mask = 2 * this.mask + 1;
    this.hashes = new Uint32Array(2 * (this.mask + 1));
    this.values = new Float64Array(this.mask + 1);
    for (const [i, value] of values.entries()) {
      if (hashes[2 * i] === 0 && hashes[2 * i + 1] === 0) continue;
      let place = hashes[2 * i]! & this.mask;
      while (!this.isFree(place)) place = (place + 1) & this.mask;
      this.hashes[2 * place] = hashes[2 * i]!;
      this.hashes[2 * place + 1] = hashes[2 * i + 1]!;
      this.values[place] = value;
    }
  }
}

/** 32 bits of a text's code units: MurmurHash3's rounds (Austin Appleby, public domain). */
export function hashText(text: string, seed: number): number {
  let h = seed ^ text.length;
  for (let i = 0; i < text.length; i++) {
    let k = Math.imul(text.charCodeAt(i), 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    h ^= Math.imul(k, 0x1b873593);
    h = (h << 13) | (h >>> 19);
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
