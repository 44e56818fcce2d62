import { UdpBindError } from '../errors.js';
import { decodeAddress, encodeAddress, portOf, type SocketAddress } from './address.js';
import {
  AF_INET6,
  EACCES,
  EADDRINUSE,
  EADDRNOTAVAIL,
  EAFNOSUPPORT,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  meminfo,
  SO_MEMINFO,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SO_REUSEPORT,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOL_SOCKET,
  sockaddrIn6,
} from './layout.js';
import { type Libc, LibcUnavailableError } from './libc.js';

export interface UdpListen {
  /** IPv4 or IPv6 address, `::` for both. */
  readonly address: string;
  /** 0 lets the system pick one. */
  readonly port: number;
  /** Sockets on that one port; the kernel gives every sender's datagrams to one of them. */
  readonly sockets: number;
  /** Bytes asked of the system for each socket's receive buffer. */
  readonly receiveBufferBytes: number;
}

/**
 * A bound socket for datagrams. Its descriptor is the process's: one thread may open it, another receive from
 * it. Whoever closes it must know that nobody is receiving any more.
 */
export class DatagramSocket {
  private dropped = 0;
  private readonly info = new Uint32Array(meminfo.count);
  private readonly infoBytes = new Uint32Array(1);

  constructor(
    private readonly libc: Libc,
    readonly kind: 'udp' | 'unixgram',
    readonly fd: number,
    /** Of a unix socket, its path. */
    readonly address: string,
    /** 0 for a unix socket. */
    readonly port: number,
    /**
     * What was granted, in the terms of the request: the system reserves the same again for its own
     * bookkeeping.
     */
    readonly receiveBufferBytes: number,
  ) {}

  /** Datagrams that the kernel dropped for want of room since the socket was opened. */
  drops(): number {
    this.readInfo();
    this.dropped = countOn(this.dropped, this.info[meminfo.drops]!);
    return this.dropped;
  }

  /** Bytes of the receive buffer in use, the kernel's bookkeeping included. */
  queuedBytes(): number {
    this.readInfo();
    return this.info[meminfo.receiveQueueBytes]!;
  }

  close(): void {
    this.libc.close(this.fd);
  }

  // Not SO_RXQ_OVFL: that comes with the next datagram to be received, so what is lost last stays unseen, and
  // it costs every datagram a control message.
  private readInfo(): void {
    this.infoBytes[0] = this.info.byteLength;
    if (this.libc.getsockopt(this.fd, SOL_SOCKET, SO_MEMINFO, this.info, this.infoBytes) < 0) {
      throw new LibcUnavailableError(
        `the system does not tell what it drops (SO_MEMINFO: errno ${this.libc.errno()})`,
      );
    }
    // Emulators of other machines pass on the first number only.
    if (this.infoBytes[0]! < this.info.byteLength) {
      throw new LibcUnavailableError(
        `the system does not tell what it drops (SO_MEMINFO: ${this.infoBytes[0]} bytes in place of ${this.info.byteLength})`,
      );
    }
  }
}

/** Continues a count from the kernel's, which starts again after 2^32. */
export function countOn(total: number, kernelCount: number): number {
  return total + ((kernelCount - total) >>> 0);
}

/**
 * Opens the sockets of a listener, all on one port, which nobody else has or can join later.
 *
 * @throws UdpBindError when an address is not one, is taken or is not allowed
 * @throws LibcUnavailableError when the system does not count what it drops
 */
export function openUdpSockets(libc: Libc, listen: UdpListen): DatagramSocket[] {
  const sockets: DatagramSocket[] = [];
  try {
    sockets.push(open(libc, listen, listen.port, false));
    const first = sockets[0]!;
    if (listen.sockets > 1) setOption(libc, first.fd, SOL_SOCKET, SO_REUSEPORT, 1);
    while (sockets.length < listen.sockets) sockets.push(open(libc, listen, first.port, true));
    return sockets;
  } catch (error) {
    for (const socket of sockets) socket.close();
    throw error;
  }
}

// The first socket is bound without SO_REUSEPORT and gets it afterwards: so a port in use is an error, even
// when another Goodall holds it with SO_REUSEPORT, which would otherwise let the two share the datagrams
// without a word.
function open(libc: Libc, listen: UdpListen, port: number, join: boolean): DatagramSocket {
  const encoded = encodeListen(libc, listen.address, port);
  const fd = libc.socket(encoded.family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) throw bindError(listen.address, port, libc.errno());
  try {
    if (encoded.family === AF_INET6) setOption(libc, fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    if (join) setOption(libc, fd, SOL_SOCKET, SO_REUSEPORT, 1);
    const receiveBufferBytes = sizeReceiveBuffer(libc, fd, listen.receiveBufferBytes);
    if (libc.bind(fd, encoded.bytes, encoded.bytes.byteLength) < 0) {
      throw bindError(listen.address, port, libc.errno());
    }
    const bound = boundAddress(libc, fd);
    const socket = new DatagramSocket(
      libc,
      'udp',
      fd,
      decodeAddress(bound, 0),
      portOf(bound, 0),
      receiveBufferBytes,
    );
    // Asked now, so that a system without this count is known before anyone relies on it.
    socket.drops();
    return socket;
  } catch (error) {
    libc.close(fd);
    throw error;
  }
}

function encodeListen(libc: Libc, address: string, port: number): SocketAddress {
  const zone = address.split('%')[1];
  const scope = zone === undefined ? 0 : libc.if_nametoindex(zone);
  const encoded = zone !== undefined && scope === 0 ? undefined : encodeAddress(address, port, scope);
  if (encoded === undefined) {
    throw new UdpBindError(
      `cannot bind UDP ${address}: it is not an IP address; give one of this host, 0.0.0.0 or ::`,
    );
  }
  return encoded;
}

/** Asks for a receive buffer, and tells what was granted, in the terms of the request. */
export function sizeReceiveBuffer(libc: Libc, fd: number, wanted: number): number {
  const value = Uint32Array.of(wanted);
  // FORCE goes beyond net.core.rmem_max and needs CAP_NET_ADMIN; the plain option is silently cut down to it.
  if (libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, value, 4) < 0) {
    libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, value, 4);
  }
  libc.getsockopt(fd, SOL_SOCKET, SO_RCVBUF, value, Uint32Array.of(4));
  return value[0]! / 2;
}

function boundAddress(libc: Libc, fd: number): DataView {
  const bytes = new DataView(new ArrayBuffer(sockaddrIn6.size));
  libc.getsockname(fd, bytes, Uint32Array.of(sockaddrIn6.size));
  return bytes;
}

/**
 * Goes on with a socket that somebody else has bound. Its receive buffer is made larger when it is smaller than
 * asked, and never smaller: what it holds already must stay.
 *
 * @throws LibcUnavailableError when the system does not count what it drops
 */
export function adoptSocket(
  libc: Libc,
  kind: DatagramSocket['kind'],
  { fd, address, port }: Pick<DatagramSocket, 'fd' | 'address' | 'port'>,
  wantedBytes: number,
): DatagramSocket {
  const value = new Uint32Array(1);
  libc.getsockopt(fd, SOL_SOCKET, SO_RCVBUF, value, Uint32Array.of(4));
  const hasBytes = value[0]! / 2;
  const granted = hasBytes >= wantedBytes ? hasBytes : sizeReceiveBuffer(libc, fd, wantedBytes);
  const socket = new DatagramSocket(libc, kind, fd, address, port, granted);
  socket.drops();
  return socket;
}

function setOption(libc: Libc, fd: number, level: number, option: number, value: number): void {
  if (libc.setsockopt(fd, level, option, Uint32Array.of(value), 4) < 0) {
    throw new Error(`socket option ${option} failed with errno ${libc.errno()}`);
  }
}

function bindError(address: string, port: number, errno: number): UdpBindError {
  const shown = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  const reasons: Readonly<Record<number, string>> = {
    [EADDRINUSE]: 'EADDRINUSE, another program listens there; stop it or choose another --port',
    [EACCES]: 'no permission; ports below 1024 need CAP_NET_BIND_SERVICE',
    [EADDRNOTAVAIL]: 'no interface of this host has the address; use one that does, 0.0.0.0 or ::',
    [EAFNOSUPPORT]: 'this host has no IPv6; use an IPv4 address',
  };
  return new UdpBindError(`cannot bind UDP ${shown}: ${reasons[errno] ?? `the system says errno ${errno}`}`);
}
