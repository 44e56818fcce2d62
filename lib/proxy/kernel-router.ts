import { randomFillSync } from 'node:crypto';
import { seedAt } from '../kernel/layout.js';
import {
  groupBytes,
  groupsAt,
  maxOutputs,
  nameEntryBytes,
  namesPerGroup,
  outputEntryBytes,
  outputLength,
  outputLines,
  outputNode,
  outputStart,
  outputStride,
  outputsAt,
  routerSlackBytes,
} from '../kernel/router-layout.js';
import { type RouterExports, startRouter } from '../kernel/router-module.js';
import type { Ring } from './ring.js';

const pageBytes = 4096;
const wasmPageBytes = 65_536;

export interface KernelRouterOptions {
  /** Most names whose node is remembered; rounded up to a power of two. */
  readonly cacheSize: number;
  /** Memory behind the router's own, for whoever receives and sends. */
  readonly extraBytes: number;
  /** Sends the first `count` outputs. They are valid until it returns. */
  readonly send: (count: number) => void;
}

/**
 * The fast path's router: lib/kernel/assembly/router.ts and the memory it shares with the receiver and the
 * sender.
 */
export class KernelRouter {
  readonly memory: WebAssembly.Memory;
  /** Where `extraBytes` begin: a multiple of 4096. */
  readonly extraAt: number;
  private readonly exports: RouterExports;
  private readonly words: Uint32Array;
  private readonly bytes: Buffer;

  constructor(
    private ring: Ring,
    { cacheSize, extraBytes, send }: KernelRouterOptions,
  ) {
    const groups = 2 ** Math.ceil(Math.log2(Math.max(1, cacheSize / namesPerGroup)));
    const payloadAt = pageAligned(groupsAt + groups * (groupBytes + namesPerGroup * nameEntryBytes));
    this.extraAt = pageAligned(payloadAt + maxOutputs * outputStride);
    const pages = Math.ceil((this.extraAt + extraBytes + routerSlackBytes) / wasmPageBytes);
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    this.words = new Uint32Array(this.memory.buffer);
    this.bytes = Buffer.from(this.memory.buffer);
    // Secret: a sender must not be able to make names collide.
    randomFillSync(this.bytes, seedAt, 16);
    this.exports = startRouter(this.memory, { nodeOf: (start, length) => this.nodeOf(start, length), send });
    this.exports.init(groups, payloadAt);
  }

  /** Lines that come from now on go by another ring. What is put together must have been sent. */
  use(ring: Ring): void {
    this.ring = ring;
    this.exports.forget();
  }

  /** Takes a datagram that stands in the memory. The byte behind it is overwritten. */
  route(start: number, length: number): void {
    this.exports.route(start, length);
  }

  /** Sends what is put together. */
  flush(): void {
    this.exports.flush();
  }

  /** How many lines had no node since it was last asked. */
  takeWithoutNode(): number {
    return this.exports.takeWithoutNode() >>> 0;
  }

  startOf(output: number): number {
    return this.words[row(output) + (outputStart >> 2)]!;
  }

  lengthOf(output: number): number {
    return this.words[row(output) + (outputLength >> 2)]!;
  }

  linesOf(output: number): number {
    return this.words[row(output) + (outputLines >> 2)]!;
  }

  /** The node's place in the ring. */
  nodeOfOutput(output: number): number {
    return this.words[row(output) + (outputNode >> 2)]!;
  }

  private nodeOf(start: number, length: number): number {
    // As text: statsd hashes what it decoded, in which bytes that are not UTF-8 have become U+FFFD.
    return this.ring.nodeOf(this.bytes.toString('utf8', start, start + length));
  }
}

function row(output: number): number {
  return (outputsAt + output * outputEntryBytes) >> 2;
}

function pageAligned(bytes: number): number {
  return Math.ceil(bytes / pageBytes) * pageBytes;
}
