import { decodeAddress, portOf } from './address.js';
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  F_SETFD,
  FD_CLOEXEC,
  SO_TYPE,
  SOCK_DGRAM,
  SOL_SOCKET,
  sockaddrUn,
} from './layout.js';
import type { Libc } from './libc.js';
import { UnixPath } from './unix-path.js';

/** A bound socket that this process was given. */
export interface InheritedSocket {
  readonly fd: number;
  readonly kind: 'udp' | 'tcp' | 'unix' | 'unixgram';
  /** Of a unix socket, its path. */
  readonly address: string;
  /** 0 for a unix socket. */
  readonly port: number;
}

/** What is looked for: a port of 0 takes any. */
export type InheritedWish = Omit<InheritedSocket, 'fd'>;

/**
 * Looks at a descriptor; undefined when it is no socket that a listener could have. It will not be inherited
 * further.
 */
export function describeSocket(libc: Libc, fd: number): InheritedSocket | undefined {
  const type = new Uint32Array(1);
  const name = new DataView(new ArrayBuffer(sockaddrUn.size + 1));
  const nameBytes = Uint32Array.of(sockaddrUn.size);
  if (libc.getsockopt(fd, SOL_SOCKET, SO_TYPE, type, Uint32Array.of(4)) < 0) return undefined;
  if (libc.getsockname(fd, name, nameBytes) < 0) return undefined;
  libc.fcntl(fd, F_SETFD, FD_CLOEXEC);
  const family = name.getUint16(sockaddrUn.family, true);
  const isDatagram = type[0] === SOCK_DGRAM;
  if (family === AF_UNIX) {
    const path = Buffer.from(name.buffer, sockaddrUn.path, Math.max(0, nameBytes[0]! - sockaddrUn.path));
    const end = path.indexOf(0);
    const address = path.subarray(0, end < 0 ? undefined : end).toString();
    return { fd, kind: isDatagram ? 'unixgram' : 'unix', address, port: 0 };
  }
  if (family !== AF_INET && family !== AF_INET6) return undefined;
  return { fd, kind: isDatagram ? 'udp' : 'tcp', address: decodeAddress(name, 0), port: portOf(name, 0) };
}

/** For a person: `udp 0.0.0.0:8125`, `unix /run/goodall.sock`. */
export function inheritedText({ kind, address, port }: InheritedWish): string {
  if (kind === 'unix' || kind === 'unixgram') return `${kind} ${address}`;
  return `${kind} ${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** The sockets that this process was given, until its listeners take them. */
export class Inheritance {
  private readonly sockets: InheritedSocket[];

  /** @param ownsPaths whether the paths of unix sockets are this process's to remove */
  constructor(
    sockets: readonly InheritedSocket[],
    private readonly ownsPaths: boolean,
  ) {
    this.sockets = [...sockets];
  }

  /** All sockets that are what is wished for: several when they share a port (SO_REUSEPORT). */
  take(wish: InheritedWish): readonly InheritedSocket[] {
    const first = this.sockets.find((socket) => answers(socket, wish));
    if (first === undefined) return [];
    const taken = this.sockets.filter((socket) => answers(socket, { ...wish, port: first.port }));
    for (const socket of taken) this.sockets.splice(this.sockets.indexOf(socket), 1);
    return taken;
  }

  /** Whether there is one to be taken. */
  has(wish: InheritedWish): boolean {
    return this.sockets.some((socket) => answers(socket, wish));
  }

  /** The path of a unix socket that was taken, when it is ours to remove; none otherwise. */
  pathsOf({ kind, address }: InheritedSocket): readonly UnixPath[] {
    return this.ownsPaths && (kind === 'unix' || kind === 'unixgram') ? [new UnixPath(address)] : [];
  }

  /** Closes what nobody has taken, so that nobody sends to where nobody reads; tells which they were. */
  closeRest(libc: Libc): readonly InheritedSocket[] {
    const rest = this.sockets.splice(0);
    for (const { fd } of rest) libc.close(fd);
    return rest;
  }
}

/** A socket of `::` takes IPv4 too, so it is what `0.0.0.0` asks for. */
function answers(socket: InheritedSocket, wish: InheritedWish): boolean {
  if (socket.kind !== wish.kind || (wish.port !== 0 && socket.port !== wish.port)) return false;
  return socket.address === wish.address || (socket.address === '::' && wish.address === '0.0.0.0');
}
