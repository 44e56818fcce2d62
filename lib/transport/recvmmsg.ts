import { decodeAddress } from './address.js';
import { pageAligned, pageBytes, strideOf } from './alignment.js';
import { backlogOf, Gathering } from './gathering.js';
import { EAGAIN, EINTR, iovec, MSG_DONTWAIT, MSG_TRUNC, mmsghdr, sockaddrIn6, writeU64 } from './layout.js';
import type { Libc } from './libc.js';
import { PollSet } from './poll-set.js';
import type { DatagramSocket } from './socket.js';
import type { Wakeup } from './wakeup.js';

/** A WebAssembly.Memory, or what else stays at its address when it grows and has another buffer object. */
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

const senderBytes = 32;
const perSlot = mmsghdr.size + iovec.size + senderBytes;

/** Bytes that a receiver lays out in its memory. Only pages that datagrams reach become resident. */
export function recvmmsgRegionBytes(options: Partial<RecvmmsgOptions> = {}): number {
  const { slots, slotBytes } = { ...recvmmsgDefaults, ...options };
  return pageAligned(slots * perSlot) + slots * strideOf(slotBytes);
}

/** What a receiver needs to know of a socket. */
export type ReceivedSocket = Pick<DatagramSocket, 'kind' | 'fd' | 'address' | 'receiveBufferBytes'>;

/**
 * Takes datagrams off sockets in batches, straight into memory that it shares with whoever reads them.
 *
 *     start                                                      start + pageAligned(slots * 112)
 *     | mmsghdr 0 .. n-1 | iovec 0 .. n-1 | sender 0 .. n-1 | -- | slot 0 | slot 1 | .. | slot n-1 |
 *
 * A call of `receive` fills slots 0 .. returned-1, until the next one; what is in the others is old. The byte
 * behind a datagram belongs to the reader, even when the datagram fills its slot.
 */
export class RecvmmsgReceiver {
  readonly slots: number;
  readonly slotBytes: number;
  private readonly gathering: Gathering;
  private readonly slotsStart: number;
  private readonly stride: number;
  private readonly sendersStart: number;
  // Copies of what the last call said: the memory's own views die when a reader makes it grow in between.
  private readonly lengths: Uint32Array;
  private readonly flags: Uint32Array;
  private buffer: ArrayBufferLike | undefined;
  private words: Uint32Array = new Uint32Array(0);
  private headers = 0n;
  /** Which socket a slot's datagram came from. */
  private readonly origins: Uint8Array;
  /** The socket that the next call begins with: one that always fills all slots must not shut others out. */
  private first = 0;
  private readonly sockets: readonly ReceivedSocket[];
  /** The sockets, then the bell. */
  private readonly polled: PollSet;
  /** Number of the first socket, in the order of `polled`, whose senders wait for this thread. */
  private readonly urgent: number;
  private readonly idleTimeoutMs: number;

  /**
   * @param sockets at most 256
   * @param wakeup ends a wait of `receive`
   * @param memory where to lay out `recvmmsgRegionBytes(options)`, from byte `start`, a multiple of 4096
   */
  constructor(
    private readonly libc: Libc,
    sockets: readonly ReceivedSocket[],
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
    this.origins = new Uint8Array(slots);
    const patient = sockets.filter(({ kind }) => kind === 'udp');
    this.sockets = [...patient, ...sockets.filter((socket) => !patient.includes(socket))];
    this.urgent = patient.length;
    this.polled = new PollSet(libc, [...this.sockets.map(({ fd }) => fd), wakeup.fd]);
    this.gathering = new Gathering(
      gatherUs,
      backlogOf(patient.map(({ receiveBufferBytes }) => receiveBufferBytes)),
      slots,
    );
    this.idleTimeoutMs = idleTimeoutMs;
  }

  /**
   * Takes what is there; if nothing is, waits until it comes, the wakeup rings or `idleTimeoutMs` is over.
   *
   * @returns how many slots, from the first, hold a datagram; 0 when none came
   */
  receive(): number {
    if (this.gathering.pauseUs > 0) this.pause(this.gathering.pauseUs);
    let datagrams = this.drain();
    if (datagrams === 0 && this.wait()) datagrams = this.drain();
    this.gathering.took(datagrams);
    return datagrams;
  }

  /** Takes what is there without waiting: for the last datagrams of sockets that are about to be closed. */
  drain(): number {
    if (this.memory.buffer !== this.buffer) this.layOut();
    const { sockets, slots, first } = this;
    let filled = 0;
    for (let turn = 0; turn < sockets.length && filled < slots; turn++) {
      filled = this.fill((first + turn) % sockets.length, filled);
    }
    if (sockets.length > 1) this.first = (first + 1) % sockets.length;
    return filled;
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

  /**
   * Who sent a slot's datagram: `127.0.0.1` or `::1`; of a unix socket, whose senders have no names, its own:
   * `unixgram:/run/goodall.sock`. Builds a string; for the rare line that needs it.
   */
  senderOf(slot: number): string {
    const at = this.sendersStart + slot * senderBytes;
    return this.senderAt(this.origins[slot]!, new DataView(this.memory.buffer), at);
  }

  /** What `senderOf` says of the first `count` slots, to be asked when others are in them. */
  sendersOf(count: number): (slot: number) => string {
    const bytes = new Uint8Array(count * senderBytes);
    bytes.set(new Uint8Array(this.memory.buffer, this.sendersStart, bytes.length));
    const copy = new DataView(bytes.buffer);
    const origins = this.origins.slice(0, count);
    return (slot) => this.senderAt(origins[slot]!, copy, slot * senderBytes);
  }

  private senderAt(origin: number, senders: DataView, at: number): string {
    const { kind, address } = this.sockets[origin]!;
    return kind === 'unixgram' ? `unixgram:${address}` : decodeAddress(senders, at);
  }

  /** The senders of the first slots: a `struct sockaddr` in every 32 bytes, zeros for those of unix sockets. */
  copySenders(count: number): Uint8Array<ArrayBuffer> {
    const senders = new Uint8Array(this.memory.buffer, this.sendersStart, count * senderBytes).slice();
    for (let slot = 0; slot < count; slot++) {
      const isNamed = this.sockets[this.origins[slot]!]!.kind === 'udp';
      if (!isNamed) senders.fill(0, slot * senderBytes, (slot + 1) * senderBytes);
    }
    return senders;
  }

  /** Takes what a socket has, from the slot on. Returns the first slot that is free then. */
  private fill(socket: number, from: number): number {
    const { fd } = this.sockets[socket]!;
    const headers = this.headers + BigInt(from * mmsghdr.size);
    const datagrams = this.libc.recvmmsg(fd, headers, this.slots - from, MSG_DONTWAIT, null);
    if (datagrams < 0) {
      const errno = this.libc.errno();
      if (errno === EAGAIN || errno === EINTR) return from;
      throw new Error(`recvmmsg on descriptor ${fd} failed with errno ${errno}`);
    }
    const isAlone = this.sockets.length === 1;
    // The kernel writes lengths and flags of the slots it filled and leaves the others as they were.
    for (let slot = from; slot < from + datagrams; slot++) {
      const header = (this.start + slot * mmsghdr.size) >>> 2;
      this.lengths[slot] = this.words[header + (mmsghdr.length >> 2)]!;
      this.flags[slot] = this.words[header + (mmsghdr.flags >> 2)]!;
      if (isAlone) continue;
      this.origins[slot] = socket;
      // The kernel answers with the length of the address, which is shorter with some sockets than with others.
      this.words[header + (mmsghdr.nameBytes >> 2)] = sockaddrIn6.size;
    }
    return from + datagrams;
  }

  /** Lets datagrams gather, but for unix sockets: their queues hold ten, and their senders wait or drop. */
  private pause(pauseUs: number): void {
    if (this.urgent === this.sockets.length) this.libc.usleep(pauseUs);
    else this.polled.wait(Math.floor(pauseUs / 1000), this.urgent);
  }

  /** Whether it is a socket that ended the wait. */
  private wait(): boolean {
    const ready = this.polled.wait(this.idleTimeoutMs);
    if (ready <= 0) return false;
    const rings = this.polled.isReady(this.sockets.length);
    if (rings) this.wakeup.clear();
    return ready > (rings ? 1 : 0);
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
