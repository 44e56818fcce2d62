import { decodeAddress } from './address.js';
import { Gathering } from './gathering.js';
import {
  EAGAIN,
  EINTR,
  iovec,
  MSG_DONTWAIT,
  MSG_TRUNC,
  mmsghdr,
  POLLIN,
  pollfd,
  sockaddrIn6,
  writeU64,
} from './layout.js';
import type { Libc } from './libc.js';
import type { UdpSocket } from './socket.js';
import type { Wakeup } from './wakeup.js';

/** A WebAssembly.Memory, or anything whose buffer stays at its address: it may grow, and then has another buffer object. */
export interface Memory {
  readonly buffer: ArrayBufferLike;
}

export interface RecvmmsgOptions {
  /** Datagrams taken by one call. */
  readonly slots: number;
  /** Room for one datagram; what is longer is cut. The default holds any UDP datagram. */
  readonly slotBytes: number;
  /** Longest time, in microseconds, that datagrams are left to gather; 0 takes each as it comes. */
  readonly gatherUs: number;
  /** Longest time, in milliseconds, that `receive` blocks when nothing comes and nobody rings. */
  readonly idleTimeoutMs: number;
}

export const recvmmsgDefaults: RecvmmsgOptions = {
  slots: 128,
  slotBytes: 65_535,
  gatherUs: 4000,
  idleTimeoutMs: 1000,
};

/** What a datagram of one Ethernet frame takes of a receive buffer. */
const bufferBytesPerDatagram = 2304;
/** Half of what was granted may gather; the kernel reserves twice what it grants, so that is a quarter of the room there is. */
const gatheringShare = 1 / 2;

const senderBytes = 32;
const perSlot = mmsghdr.size + iovec.size + senderBytes;
const pageBytes = 4096;
const cacheLineBytes = 64;

/** Bytes that a receiver lays out in its memory. Only pages that datagrams reach become resident. */
export function recvmmsgRegionBytes(options: Partial<RecvmmsgOptions> = {}): number {
  const { slots, slotBytes } = { ...recvmmsgDefaults, ...options };
  return pageAligned(slots * perSlot) + slots * strideOf(slotBytes);
}

/**
 * Takes datagrams off a socket in batches, straight into memory that it shares with whoever reads them.
 *
 *     start                                                      start + pageAligned(slots * 112)
 *     | mmsghdr 0 .. n-1 | iovec 0 .. n-1 | sender 0 .. n-1 | -- | slot 0 | slot 1 | .. | slot n-1 |
 *
 * A call of `receive` fills slots 0 .. returned-1; what is in the others is old. Everything is valid until the next call. The byte behind a
 * datagram belongs to the reader, even when the datagram fills its slot.
 */
export class RecvmmsgReceiver {
  readonly slots: number;
  readonly slotBytes: number;
  private readonly gathering: Gathering;
  private readonly slotsStart: number;
  private readonly stride: number;
  private readonly sendersStart: number;
  // Copies of what the last call said: the memory's own views die when a reader makes it grow between two datagrams.
  private readonly lengths: Uint32Array;
  private readonly flags: Uint32Array;
  private buffer: ArrayBufferLike | undefined;
  private words: Uint32Array = new Uint32Array(0);
  private headers = 0n;
  private readonly polled = new DataView(new SharedArrayBuffer(2 * pollfd.size));
  private readonly polledAddress: bigint;
  private readonly idleTimeoutMs: number;

  /**
   * @param wakeup ends a wait of `receive`
   * @param memory where to lay out `recvmmsgRegionBytes(options)`, from byte `start`, a multiple of 4096
   */
  constructor(
    private readonly libc: Libc,
    private readonly socket: Pick<UdpSocket, 'fd' | 'receiveBufferBytes'>,
    private readonly wakeup: Wakeup,
    private readonly memory: Memory,
    private readonly start: number,
    options: Partial<RecvmmsgOptions> = {},
  ) {
    const { slots, slotBytes, gatherUs, idleTimeoutMs } = { ...recvmmsgDefaults, ...options };
    if (start % pageBytes !== 0 || start + recvmmsgRegionBytes(options) > memory.buffer.byteLength) {
      throw new RangeError(`no room for ${slots} slots of ${slotBytes} bytes at byte ${start}`);
    }
    this.slots = slots;
    this.slotBytes = slotBytes;
    this.stride = strideOf(slotBytes);
    this.sendersStart = start + slots * (mmsghdr.size + iovec.size);
    this.slotsStart = start + pageAligned(slots * perSlot);
    this.lengths = new Uint32Array(slots);
    this.flags = new Uint32Array(slots);
    const backlog = (socket.receiveBufferBytes * gatheringShare) / bufferBytesPerDatagram;
    this.gathering = new Gathering(gatherUs, backlog, slots);
    this.idleTimeoutMs = idleTimeoutMs;
    this.polledAddress = libc.addressOf(this.polled);
    this.polled.setInt32(pollfd.fd, socket.fd, true);
    this.polled.setInt16(pollfd.events, POLLIN, true);
    this.polled.setInt32(pollfd.size + pollfd.fd, wakeup.fd, true);
    this.polled.setInt16(pollfd.size + pollfd.events, POLLIN, true);
  }

  /**
   * Takes what is there; if nothing is, waits until something comes, the wakeup rings or `idleTimeoutMs` is over.
   *
   * @returns how many slots, from the first, hold a datagram; 0 when none came
   */
  receive(): number {
    if (this.gathering.pauseUs > 0) this.libc.usleep(this.gathering.pauseUs);
    let datagrams = this.drain();
    if (datagrams === 0 && this.wait()) datagrams = this.drain();
    this.gathering.took(datagrams);
    return datagrams;
  }

  /** Takes what is there without waiting: for the last datagrams of a socket that is about to be closed. */
  drain(): number {
    if (this.memory.buffer !== this.buffer) this.layOut();
    const datagrams = this.libc.recvmmsg(this.socket.fd, this.headers, this.slots, MSG_DONTWAIT, null);
    if (datagrams < 0) return this.nothing();
    // The kernel writes lengths and flags of the slots it filled and leaves the others as they were.
    for (let slot = 0; slot < datagrams; slot++) {
      const header = (this.start + slot * mmsghdr.size) >>> 2;
      this.lengths[slot] = this.words[header + (mmsghdr.length >> 2)]!;
      this.flags[slot] = this.words[header + (mmsghdr.flags >> 2)]!;
    }
    return datagrams;
  }

  /** Where a slot's datagram begins in the memory. */
  startOf(slot: number): number {
    return this.slotsStart + slot * this.stride;
  }

  /** Bytes of a slot's datagram; an empty datagram is one too. */
  lengthOf(slot: number): number {
    return this.lengths[slot]!;
  }

  /** Whether the datagram was longer than the slot and lost its end. */
  isTruncated(slot: number): boolean {
    return (this.flags[slot]! & MSG_TRUNC) !== 0;
  }

  /** Who sent a slot's datagram: `127.0.0.1` or `::1`. Builds a string; for the rare line that needs it. */
  senderOf(slot: number): string {
    return decodeAddress(new DataView(this.memory.buffer), this.sendersStart + slot * senderBytes);
  }

  /** The senders of the first slots: a `struct sockaddr` in every 32 bytes. */
  copySenders(count: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.memory.buffer, this.sendersStart, count * senderBytes).slice();
  }

  /** Whether it is the socket that ended the wait. */
  private wait(): boolean {
    if (this.libc.poll(this.polledAddress, 2, this.idleTimeoutMs) <= 0) return false;
    if (this.polled.getInt16(pollfd.size + pollfd.revents, true) !== 0) this.wakeup.clear();
    return this.polled.getInt16(pollfd.revents, true) !== 0;
  }

  private nothing(): 0 {
    const errno = this.libc.errno();
    if (errno === EAGAIN || errno === EINTR) return 0;
    throw new Error(`recvmmsg on descriptor ${this.socket.fd} failed with errno ${errno}`);
  }

  /** Writes every pointer. Again after growth: memory without room to grow in place is moved. */
  private layOut(): void {
    this.buffer = this.memory.buffer;
    const view = new DataView(this.buffer);
    const base = Number(this.libc.addressOf(view));
    const iovecs = this.start + this.slots * mmsghdr.size;
    for (let slot = 0; slot < this.slots; slot++) {
      const header = this.start + slot * mmsghdr.size;
      const vector = iovecs + slot * iovec.size;
      for (let at = 0; at < mmsghdr.size; at += 4) view.setUint32(header + at, 0, true);
      writeU64(view, header + mmsghdr.name, base + this.sendersStart + slot * senderBytes);
      // The kernel answers with the length it wrote, the same for every datagram of a socket, so it needs no reset.
      view.setUint32(header + mmsghdr.nameBytes, sockaddrIn6.size, true);
      writeU64(view, header + mmsghdr.iov, base + vector);
      writeU64(view, header + mmsghdr.iovCount, 1);
      writeU64(view, vector + iovec.base, base + this.startOf(slot));
      writeU64(view, vector + iovec.bytes, this.slotBytes);
    }
    this.words = new Uint32Array(this.buffer);
    this.headers = BigInt(base + this.start);
  }
}

/** An odd number of cache lines, with a byte to spare: slots a power of two apart would all fight for the same places of a cache. */
function strideOf(slotBytes: number): number {
  const lines = Math.ceil((slotBytes + 1) / cacheLineBytes);
  return (lines | 1) * cacheLineBytes;
}

function pageAligned(bytes: number): number {
  return Math.ceil(bytes / pageBytes) * pageBytes;
}
