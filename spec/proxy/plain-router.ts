import { outputBytes } from '../../lib/kernel/router-layout.js';
import type { Ring } from '../../lib/proxy/ring.js';

/** Lines put together in one datagram for one node. */
export interface Output {
  /** The node's place in the ring. */
  readonly node: number;
  readonly bytes: Uint8Array;
  readonly lines: number;
}

interface OpenOutput extends Output {
  bytes: Buffer;
  lines: number;
}

const lineFeed = 0x0a;
const colon = 0x3a;

/**
 * Cuts datagrams into lines and puts the lines together again in datagrams for one node each. Of a node's lines none
 * overtakes another. The plain twin of lib/kernel/assembly/router.ts,
 * to read first, and to compare it with.
 */
export class PlainRouter {
  private withoutNode = 0;
  private readonly nodes = new Map<string, number>();
  private readonly open = new Map<number, OpenOutput>();
  private outputs: OpenOutput[] = [];

  /** @param cacheSize most names whose node is remembered */
  constructor(
    private ring: Ring,
    private readonly cacheSize: number,
  ) {}

  /** Lines that come from now on go by another ring. What is put together must have been taken. */
  use(ring: Ring): void {
    this.ring = ring;
    this.nodes.clear();
  }

  route(datagram: Buffer): void {
    for (let start = 0; start < datagram.length; ) {
      const feed = datagram.indexOf(lineFeed, start);
      const end = feed < 0 ? datagram.length : feed;
      if (end > start) this.routeLine(datagram.subarray(start, end));
      start = end + 1;
    }
  }

  /** What was put together, in the order in which it was begun. */
  take(): readonly Output[] {
    const { outputs } = this;
    this.outputs = [];
    this.open.clear();
    return outputs;
  }

  /** How many lines had no node since it was last asked. */
  takeWithoutNode(): number {
    const count = this.withoutNode;
    this.withoutNode = 0;
    return count;
  }

  private routeLine(line: Buffer): void {
    const end = line.indexOf(colon);
    // As text: statsd hashes what it decoded, in which bytes that are not UTF-8 have become U+FFFD.
    const node = this.nodeOf(line.toString('utf8', 0, end < 0 ? line.length : end));
    if (node < 0) this.withoutNode += 1;
    else this.append(node, line);
  }

  private nodeOf(name: string): number {
    let node = this.nodes.get(name);
    if (node === undefined) {
      node = this.ring.nodeOf(name);
      if (this.nodes.size >= this.cacheSize) this.nodes.clear();
      this.nodes.set(name, node);
    }
    return node;
  }

  private append(node: number, line: Buffer): void {
    const open = this.open.get(node);
    if (open !== undefined && open.bytes.length + 1 + line.length <= outputBytes) {
      // The room behind what is there is its own: `begin` made it.
      const { buffer, byteOffset, length } = open.bytes;
      const longer = Buffer.from(buffer, byteOffset, length + 1 + line.length);
      longer[length] = lineFeed;
      longer.set(line, length + 1);
      open.bytes = longer;
      open.lines += 1;
    } else {
      this.begin(node, line);
    }
  }

  private begin(node: number, line: Buffer): void {
    const isLong = line.length > outputBytes;
    const room = Buffer.from(new ArrayBuffer(isLong ? line.length : outputBytes));
    room.set(line);
    const output = { node, bytes: room.subarray(0, line.length), lines: 1 };
    this.outputs.push(output);
    if (isLong) this.open.delete(node);
    else this.open.set(node, output);
  }
}
