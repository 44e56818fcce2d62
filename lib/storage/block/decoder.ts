import { readFileSync } from 'node:fs';
import { packageRoot } from '../../package-root.js';
import type { NumberColumn } from './columns.js';
import { ruleNone } from './rules.js';

/** What assembly/decoder.ts exports, which also says what each does. */
interface DecoderExports {
  readonly memory: WebAssembly.Memory;
  rulesAt(): number;
  roomFor(bytes: number): number;
  rowsAt(bytes: number): number;
  decode(
    version: number,
    bytes: number,
    numbersFrom: number,
    sketchesFrom: number,
    columnCount: number,
    hasSketch: number,
    count: number,
    fromBucket: number,
    untilBucket: number,
  ): number;
}

/** What is wrong with a block that `decode` gave minus the place of, counted from 1. */
export const faultTexts = [
  'it does not begin as it should',
  'it ends too soon',
  'a number in it is too long',
  'it ends before its sketches do',
  'a sketch in it is too long',
  'a sketch in it is too short',
  'a sketch in it has bits that mean nothing',
  'its codes are none',
  'it does not end as it should',
  'there is no memory for it',
] as const;

/** The decoder of blocks and its memory. One block at a time: what it made of one is there until the next one. */
export class Decoder {
  private readonly exports: DecoderExports;
  private rulesOf: readonly NumberColumn[] | undefined;
  /** The whole memory, anew when it has grown. */
  bytes = new Uint8Array(0);
  numbers = new Float64Array(0);

  private constructor() {
    const file = new URL('dist/lib/storage/block/decoder.wasm', packageRoot);
    const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)));
    // Unknown by our own declaration, `Exports` where the browser's are loaded too, as for the report's page.
    const exports: unknown = instance.exports;
    this.exports = exports as DecoderExports;
  }

  private static only: Decoder | undefined;

  /** The one of this thread, which starts when it is first asked for. */
  static get(): Decoder {
    Decoder.only ??= new Decoder();
    return Decoder.only;
  }

  /**
   * Decodes the rows of some buckets; how many they are, or what is wrong as less than 0.
   *
   * @param numbersFrom where the numbers begin in the block, and `sketchesFrom` where they end
   */
  decode(
    block: Uint8Array,
    [version, numbersFrom, sketchesFrom]: readonly [number, number, number],
    columns: readonly NumberColumn[],
    hasSketch: boolean,
    count: number,
    fromBucket: number,
    untilBucket: number,
  ): number {
    const { exports } = this;
    const at = exports.roomFor(block.length);
    if (at === 0) return -faultTexts.length;
    this.look();
    this.bytes.set(block, at);
    if (columns !== this.rulesOf) this.setRules(columns);
    const flag = hasSketch ? 1 : 0;
    const ends = [fromBucket, untilBucket] as const;
    const rows = exports.decode(
      version,
      block.length,
      numbersFrom,
      sketchesFrom,
      columns.length,
      flag,
      count,
      ...ends,
    );
    this.look();
    return rows;
  }

  /** Where the rows of a block of so many bytes are, in `numbers`. */
  rowsOf(bytes: number): number {
    return this.exports.rowsAt(bytes) / 8;
  }

  private setRules(columns: readonly NumberColumn[]): void {
    let at = this.exports.rulesAt();
    for (const { guess = ruleNone, spread = ruleNone, side = ruleNone } of columns) {
      for (const rule of [guess, spread, side]) {
        this.bytes[at] = rule;
        at += 1;
      }
    }
    this.rulesOf = columns;
  }

  private look(): void {
    const { buffer } = this.exports.memory;
    if (this.bytes.buffer === buffer) return;
    this.bytes = new Uint8Array(buffer);
    this.numbers = new Float64Array(buffer);
  }
}

/** Starts the decoder, for those who have something to wait for just now: it takes some milliseconds. */
export function prepareToDecode(): void {
  Decoder.get();
}
