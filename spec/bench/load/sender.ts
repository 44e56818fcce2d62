import { encodeAddress } from '../../../lib/transport/address.js';
import {
  EAGAIN,
  EINTR,
  iovec,
  mmsghdr,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  writeU64,
} from '../../../lib/transport/layout.js';
import type { Libc } from '../../../lib/transport/libc.js';
import type { Traffic } from './traffic.js';

const SOL_UDP = 17;
const UDP_SEGMENT = 103;
/** What older kernels take: 64 segments, and a length that still fits an IP packet. */
const mostSegments = 64;
const mostMessageBytes = 65_000;
const mostMessages = 64;
const ENOBUFS = 105;
const ECONNREFUSED = 111;

export interface Target {
  readonly address: string;
  readonly port: number;
  /** Sockets, hence flows: SO_REUSEPORT gives each flow to one worker. */
  readonly sockets: number;
  /** Whether the kernel cuts one long message into datagrams (UDP_SEGMENT), which costs the sender a tenth. */
  readonly segment: boolean;
}

/** Sends prebuilt datagrams round and round. Counts what the kernel took; a datagram it refused is sent again. */
export class Sender {
  sent = 0;
  refused = 0;
  private cursor = 0;
  private turn = 0;
  private readonly fds: readonly number[];
  private readonly segments: number;
  private readonly firstByte: number;
  private readonly headers: DataView;
  private readonly headersAddress: bigint;
  private readonly planned = new Uint32Array(mostMessages);

  constructor(
    private readonly libc: Libc,
    private readonly traffic: Traffic,
    target: Target,
  ) {
    this.segments = target.segment
      ? Math.min(mostSegments, Math.floor(mostMessageBytes / traffic.datagramBytes))
      : 1;
    this.fds = Array.from({ length: target.sockets }, () => this.open(target));
    this.firstByte = Number(libc.addressOf(traffic.bytes));
    this.headers = new DataView(new SharedArrayBuffer(mostMessages * (mmsghdr.size + iovec.size)));
    this.headersAddress = libc.addressOf(this.headers);
    for (let i = 0; i < mostMessages; i++) {
      writeU64(this.headers, i * mmsghdr.size + mmsghdr.iov, Number(this.headersAddress) + this.iov(i));
      writeU64(this.headers, i * mmsghdr.size + mmsghdr.iovCount, 1);
    }
  }

  /** Sends the next `datagrams` of the round, all from one socket a call. */
  send(datagrams: number): void {
    let left = datagrams;
    while (left > 0) left -= this.sendSome(left);
  }

  close(): void {
    for (const fd of this.fds) this.libc.close(fd);
  }

  private sendSome(wanted: number): number {
    let messages = 0;
    let at = this.cursor;
    for (let left = wanted; left > 0 && messages < mostMessages; messages++) {
      const run = Math.min(left, this.segments, this.traffic.datagrams - at);
      writeU64(
        this.headers,
        this.iov(messages) + iovec.base,
        this.firstByte + at * this.traffic.datagramBytes,
      );
      writeU64(this.headers, this.iov(messages) + iovec.bytes, run * this.traffic.datagramBytes);
      this.planned[messages] = run;
      at = (at + run) % this.traffic.datagrams;
      left -= run;
    }
    const fd = this.fds[this.turn]!;
    this.turn = (this.turn + 1) % this.fds.length;
    const done = this.libc.sendmmsg(fd, this.headersAddress, messages, 0);
    if (done < 0) this.countRefusal();
    let datagrams = 0;
    for (let i = 0; i < done; i++) datagrams += this.planned[i]!;
    this.cursor = (this.cursor + datagrams) % this.traffic.datagrams;
    this.sent += datagrams;
    return datagrams;
  }

  private countRefusal(): void {
    const errno = this.libc.errno();
    if (errno !== EAGAIN && errno !== EINTR && errno !== ENOBUFS && errno !== ECONNREFUSED) {
      throw new Error(`sendmmsg failed with errno ${errno}`);
    }
    this.refused++;
  }

  private open(target: Target): number {
    const address = encodeAddress(target.address, target.port);
    if (address === undefined) throw new Error(`${target.address} is not an IP address`);
    const fd = this.libc.socket(address.family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) throw new Error(`socket failed with errno ${this.libc.errno()}`);
    const size = Uint32Array.of(this.traffic.datagramBytes);
    if (target.segment && this.libc.setsockopt(fd, SOL_UDP, UDP_SEGMENT, size, 4) < 0) {
      throw new Error(`UDP_SEGMENT failed with errno ${this.libc.errno()}`);
    }
    if (this.libc.connect(fd, address.bytes, address.bytes.byteLength) < 0) {
      throw new Error(`connect failed with errno ${this.libc.errno()}`);
    }
    return fd;
  }

  private iov(message: number): number {
    return mostMessages * mmsghdr.size + message * iovec.size;
  }
}
