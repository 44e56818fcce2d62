import { maxNodes, maxOutputs } from '../kernel/router-layout.js';
import { encodeAddress } from '../transport/address.js';
import {
  AF_INET,
  type AF_INET6,
  EAFNOSUPPORT,
  EINTR,
  iovec,
  mmsghdr,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  writeU64,
} from '../transport/layout.js';
import type { Libc } from '../transport/libc.js';
import type { Counts } from './counts.js';
import type { KernelRouter } from './kernel-router.js';
import type { Routes } from './routes.js';

const addressBytes = 32;
const vectorsFrom = maxOutputs * mmsghdr.size;
const addressesFrom = vectorsFrom + maxOutputs * iovec.size;

/** Bytes that a sender lays out in the router's memory. */
export const senderRegionBytes = addressesFrom + maxNodes * addressBytes;

/**
 * Sends what the router put together from where it is, a batch a call.
 *
 *     start
 *     | mmsghdr 0 .. | iovec 0 .. | address of node 0 .. |
 */
export class Sender {
  private readonly words: Uint32Array;
  private readonly view: DataView;
  private readonly base: number;
  private readonly sockets = new Map<number, number>();
  private numbers = new Uint32Array(0);
  private sizes = new Uint32Array(0);
  private families = new Uint32Array(0);

  /** @param start where to lay out `senderRegionBytes` in the router's memory, a multiple of 64 */
  constructor(
    private readonly libc: Libc,
    private readonly router: Pick<KernelRouter, 'memory' | keyof OutputTable>,
    private readonly start: number,
    private readonly counts: Counts,
  ) {
    const { buffer } = router.memory;
    this.words = new Uint32Array(buffer);
    this.view = new DataView(buffer);
    this.base = Number(libc.addressOf(this.view));
    for (let i = 0; i < maxOutputs; i++) {
      const header = start + i * mmsghdr.size;
      writeU64(this.view, header + mmsghdr.iov, this.base + start + vectorsFrom + i * iovec.size);
      writeU64(this.view, header + mmsghdr.iovCount, 1);
    }
  }

  /** From now on the router's nodes are these. */
  use(routes: Routes): void {
    const encoded = routes.map(({ address, port }) => encodeAddress(address, port)!);
    this.numbers = Uint32Array.from(routes, ({ number }) => number);
    this.sizes = Uint32Array.from(encoded, ({ bytes }) => bytes.byteLength);
    this.families = Uint32Array.from(encoded, ({ family }) => family);
    const bytes = new Uint8Array(this.router.memory.buffer);
    for (const [i, one] of encoded.entries()) {
      bytes.set(one.bytes, this.start + addressesFrom + i * addressBytes);
      if (!this.sockets.has(one.family)) this.sockets.set(one.family, this.open(one.family));
    }
  }

  /** Sends the first `count` outputs of the router, in order. */
  send(count: number): void {
    for (let i = 0; i < count; i++) this.fill(i);
    for (let from = 0; from < count; ) {
      const family = this.familyOf(from);
      let to = from + 1;
      while (to < count && this.familyOf(to) === family) to += 1;
      this.sendRun(this.sockets.get(family)!, from, to);
      from = to;
    }
  }

  close(): void {
    for (const fd of this.sockets.values()) this.libc.close(fd);
    this.sockets.clear();
  }

  private fill(output: number): void {
    const { words, router, start } = this;
    const node = router.nodeOfOutput(output);
    const header = (start + output * mmsghdr.size) >> 2;
    this.point(header + (mmsghdr.name >> 2), start + addressesFrom + node * addressBytes);
    words[header + (mmsghdr.nameBytes >> 2)] = this.sizes[node]!;
    const vector = (start + vectorsFrom + output * iovec.size) >> 2;
    this.point(vector + (iovec.base >> 2), router.startOf(output));
    words[vector + (iovec.bytes >> 2)] = router.lengthOf(output);
  }

  /** Writes the process's address of a byte of the memory. */
  private point(word: number, to: number): void {
    const address = this.base + to;
    this.words[word] = address % 2 ** 32;
    this.words[word + 1] = Math.floor(address / 2 ** 32);
  }

  private sendRun(fd: number, from: number, to: number): void {
    const { libc, router, counts } = this;
    for (let next = from; next < to; ) {
      const headers = BigInt(this.base + this.start + next * mmsghdr.size);
      const sent = fd < 0 ? -1 : libc.sendmmsg(fd, headers, to - next, 0);
      for (let i = 0; i < sent; i++) {
        counts.sent(this.numbers[router.nodeOfOutput(next + i)]!, router.linesOf(next + i));
      }
      next += Math.max(0, sent);
      if (sent >= 0) continue;
      const errno = fd < 0 ? EAFNOSUPPORT : libc.errno();
      if (errno === EINTR) continue;
      // It is the first of them that cannot be sent.
      counts.refused(router.linesOf(next), errno);
      next += 1;
    }
  }

  private familyOf(output: number): number {
    return this.families[this.router.nodeOfOutput(output)]!;
  }

  /** -1 on a host that has not this family. */
  private open(family: typeof AF_INET | typeof AF_INET6): number {
    const fd = this.libc.socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 && family === AF_INET) throw new Error(`socket failed with errno ${this.libc.errno()}`);
    return fd;
  }
}

type OutputTable = Pick<KernelRouter, 'startOf' | 'lengthOf' | 'linesOf' | 'nodeOfOutput'>;
