import { SketchFormatError } from './format-error.js';

/** Reads what `ByteWriter` wrote. Throws SketchFormatError where the bytes end too soon or make no number. */
export class ByteReader {
  readonly bytes: Uint8Array;
  // Most sketches have no number that needs one.
  private laterView: DataView | undefined;
  /** Of the next byte, for those who read some themselves. */
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  u8(): number {
    return this.bytes[this.take(1)]!;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.u8();
      value += (byte & 127) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw new SketchFormatError('an integer is beyond 2^53');
      if (byte < 128) return value;
      scale *= 128;
      if (scale > 2 ** 49) throw new SketchFormatError('an integer has more than eight bytes');
    }
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  u32(): number {
    return this.view.getUint32(this.take(4));
  }

  f64(): number {
    return this.view.getFloat64(this.take(8));
  }

  /** Call when all is read. */
  end(): void {
    if (this.remaining > 0) throw new SketchFormatError(`${this.remaining} bytes follow its end`);
  }

  private get view(): DataView {
    const { buffer, byteOffset, byteLength } = this.bytes;
    this.laterView ??= new DataView(buffer, byteOffset, byteLength);
    return this.laterView;
  }

  private take(size: number): number {
    const { at } = this;
    if (at + size > this.bytes.length)
      throw new SketchFormatError(`it ends too soon, at ${this.bytes.length} bytes`);
    this.at = at + size;
    return at;
  }
}
