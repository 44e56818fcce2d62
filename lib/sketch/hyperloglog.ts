import { murmur3x86128 } from './hash.js';
import { HashSet } from './hash-set.js';
import { decodeHyperLogLog, encodeExact, encodeRegisters, maxExactMembers } from './hyperloglog-codec.js';
import { Registers, registerCount } from './registers.js';

/**
 * The number of distinct members of a set, in bounded memory, mergeable. Exact up to 1,024 members, whose
 * 64-bit hashes are kept (two of them share a hash once in 3·10^13 such sets); beyond, a HyperLogLog of 2^14
 * registers with a standard error of 0.81 %. The same members give the same sketch, in whatever order and
 * grouping they were added and merged.
 */
export class HyperLogLog {
  private members: HashSet | undefined = new HashSet();
  private registers: Registers | undefined;

  /** Whether `estimate` is the exact number. */
  get isExact(): boolean {
    return this.members !== undefined;
  }

  /** The relative standard error of `estimate`: 0 while it is exact, then 0.0081. */
  get standardError(): number {
    return this.members === undefined ? 1.04 / Math.sqrt(registerCount) : 0;
  }

  /** Adds the member that the bytes from start up to, not including, end spell. */
  add(bytes: Uint8Array, start: number, end: number): void {
    murmur3x86128(bytes, start, end, 0, hash);
    this.addHash(hash[0]!, hash[1]!);
  }

  /** Adds a member by the first two words of its MurmurHash3_x86_128 with seed 0. */
  addHash(high: number, low: number): void {
    // (0, 0) is no member in a HashSet: it is taken for (0, 1), here, so that both forms agree.
    const last = (high | low) === 0 ? 1 : low;
    if (this.members === undefined) {
      this.registers!.addHash(high, last);
    } else {
      this.members.add(high, last);
      if (this.members.size > maxExactMembers) this.giveUpMembers();
    }
  }

  /** Adds another sketch's members; it is left as it was. */
  merge(from: Readonly<HyperLogLog>): void {
    const source = from as HyperLogLog;
    if (source.registers === undefined) {
      source.members!.forEach((high, low) => {
        this.addHash(high, low);
      });
    } else {
      this.registers ??= this.giveUpMembers();
      this.registers.merge(source.registers);
    }
  }

  /** The number of distinct members: exact up to 1,024, then with a standard error of 0.81 %. */
  estimate(): number {
    return this.members?.size ?? this.registers!.estimate();
  }

  /** The encoding of lib/docs/sketches.md. */
  encode(): Uint8Array {
    return this.members === undefined ? encodeRegisters(this.registers!) : encodeExact(this.members);
  }

  /** Throws SketchFormatError for bytes that are not an encoded sketch. */
  static decode(bytes: Uint8Array): HyperLogLog {
    const decoded = decodeHyperLogLog(bytes);
    const sketch = new HyperLogLog();
    if (decoded instanceof Registers) {
      sketch.members = undefined;
      sketch.registers = decoded;
    } else {
      sketch.members = decoded;
    }
    return sketch;
  }

  private giveUpMembers(): Registers {
    const registers = new Registers();
    this.members!.forEach((high, low) => {
      registers.addHash(high, low);
    });
    this.members = undefined;
    this.registers = registers;
    return registers;
  }
}

const hash = new Uint32Array(4);
