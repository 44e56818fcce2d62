/** Appends numbers to a buffer that grows. One is shared by all encoders: `finish` copies out. */
export class ByteWriter {
  private bytes = new Uint8Array(1024);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  start(): void {
    this.length = 0;
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  u8(value: number): void {
    this.need(1);
    this.bytes[this.length] = value;
    this.length += 1;
  }

  /** An integer from 0 to 2^53 - 1: seven bits a byte, low ones first, the top bit saying that more follow. */
  varint(value: number): void {
    this.need(8);
    let rest = value;
    while (rest >= 128) {
      this.bytes[this.length] = (rest % 128) | 128;
      this.length += 1;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.length] = rest;
    this.length += 1;
  }

  /** A signed 32-bit integer as a varint: 0 -1 1 -2 2 become 0 1 2 3 4. */
  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  u32(value: number): void {
    this.need(4);
    this.view.setUint32(this.length, value);
    this.length += 4;
  }

  f64(value: number): void {
    this.need(8);
    this.view.setFloat64(this.length, value);
    this.length += 8;
  }

  private need(size: number): void {
    if (this.length + size <= this.bytes.length) return;
    const bytes = new Uint8Array(this.bytes.length * 2);
    bytes.set(this.bytes);
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}
