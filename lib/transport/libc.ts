import { createRequire } from 'node:module';
import type { KoffiFunc, LibraryHandle } from 'koffi';
import { messageOf } from '../errors.js';
import { EACCES, ENOSYS, EPERM } from './layout.js';

/** Memory that a call reads or writes. */
type Bytes = NodeJS.ArrayBufferView;

/**
 * The C library's calls that sockets need. As in C, a call returns -1 when it fails, and `errno()`, asked at
 * once, says why. Addresses are plain numbers as BigInt: they must point into memory that does not move
 * (`addressOf`).
 */
export interface Libc {
  /** Version of the GNU C library, for the log. */
  readonly version: string;
  /** Address of a view's first byte. It stays true as long as the memory below the view lives. */
  addressOf(view: Bytes): bigint;
  errno(): number;
  socket(family: number, type: number, protocol: number): number;
  bind(fd: number, address: Bytes, addressBytes: number): number;
  listen(fd: number, backlog: number): number;
  connect(fd: number, address: Bytes, addressBytes: number): number;
  /** `addressBytes` holds one 32-bit number: the room there is, then the room that was needed. */
  getsockname(fd: number, address: Bytes, addressBytes: Uint32Array): number;
  setsockopt(fd: number, level: number, option: number, value: Bytes, valueBytes: number): number;
  getsockopt(fd: number, level: number, option: number, value: Bytes, valueBytes: Uint32Array): number;
  /** Returns how many of the `count` headers at `headers` were filled. */
  recvmmsg(fd: number, headers: bigint, count: number, flags: number, timeout: null): number;
  /** Returns how many of the `count` headers at `headers` were sent. */
  sendmmsg(fd: number, headers: bigint, count: number, flags: number): number;
  /** Sends what the `msghdr` at `header` says. Returns how many bytes were sent. */
  sendmsg(fd: number, header: bigint, flags: number): number;
  /** Receives as the `msghdr` at `header` says. Returns how many bytes came. */
  recvmsg(fd: number, header: bigint, flags: number): number;
  fcntl(fd: number, command: number, argument: number): number;
  /** Returns how many of the `count` entries at `entries` have something to tell; 0 after `timeoutMs`. */
  poll(entries: bigint, count: number, timeoutMs: number): number;
  eventfd(count: number, flags: number): number;
  read(fd: number, into: Bytes, bytes: number): number;
  write(fd: number, from: Bytes, bytes: number): number;
  /** Blocks the calling thread. */
  usleep(microseconds: number): number;
  /** Number of a network interface; 0 when there is none of that name. */
  if_nametoindex(name: string): number;
  close(fd: number): number;
}

/** Why the C library cannot be called here. The message is one clause for a line of log. */
export class LibcUnavailableError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'LibcUnavailableError';
  }
}

/** What decides whether `loadLibc` can work; injected so that specs can stand on other systems. */
export interface Host {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Loads koffi, or throws. */
  readonly requireKoffi: () => Koffi;
}

export type Koffi = Pick<typeof import('koffi'), 'load' | 'address' | 'errno'>;

/**
 * The architectures whose structures `layout.ts` describes: 64 bits, little-endian, Linux's generic socket
 * numbers.
 */
const knownArchs: readonly string[] = ['x64', 'arm64'];

const thisHost: Host = {
  platform: process.platform,
  arch: process.arch,
  requireKoffi: () => createRequire(import.meta.url)('koffi') as Koffi,
};

let loaded: Libc | undefined;

/**
 * Loads koffi and binds the C library, once a thread. Nothing of koffi is touched before, so importing this
 * file is safe anywhere.
 *
 * @throws LibcUnavailableError with the reason
 */
export function loadLibc(host: Host = thisHost): Libc {
  if (host !== thisHost) return bindLibc(host);
  loaded ??= bindLibc(host);
  return loaded;
}

function bindLibc(host: Host): Libc {
  if (host.platform !== 'linux') {
    throw new LibcUnavailableError(`recvmmsg is a Linux call and this is ${host.platform}`);
  }
  if (!knownArchs.includes(host.arch)) {
    throw new LibcUnavailableError(
      `the layout of its structures is known for ${knownArchs.join(' and ')}, not for ${host.arch}`,
    );
  }
  const koffi = reasonOf('koffi cannot be loaded', host.requireKoffi);
  // The program itself, not a file name: Node has the C library in it already, whatever it is called here.
  const program = reasonOf('the C library cannot be opened', () => koffi.load(null));
  const version = reasonOf('the C library is not the GNU one, and others are untested', () =>
    glibcVersion(program),
  );
  const libc = reasonOf('the C library lacks a call', () => declare(koffi, program, version));
  refuseSeccomp(libc);
  return libc;
}

function reasonOf<T>(what: string, attempt: () => T): T {
  try {
    return attempt();
  } catch (cause) {
    throw new LibcUnavailableError(`${what}: ${messageOf(cause).split('\n', 1)[0]}`, { cause });
  }
}

function glibcVersion(program: LibraryHandle): string {
  return (program.func('const char *gnu_get_libc_version(void)') as KoffiFunc<() => string>)();
}

/** A call on no socket fails with EBADF unless something between us and the kernel forbids the call itself. */
function refuseSeccomp(libc: Libc): void {
  libc.recvmmsg(-1, 0n, 1, 0, null);
  const reason = libc.errno();
  if (reason === EPERM || reason === EACCES || reason === ENOSYS) {
    throw new LibcUnavailableError(`the system forbids recvmmsg (errno ${reason}; a seccomp profile?)`);
  }
}

function declare(koffi: Koffi, program: LibraryHandle, version: string): Libc {
  const call = <Name extends keyof Libc>(definition: string) =>
    program.func(definition) as unknown as Libc[Name];
  return {
    version,
    addressOf: (view) => koffi.address(view),
    errno: () => koffi.errno(),
    socket: call<'socket'>('int socket(int family, int type, int protocol)'),
    bind: call<'bind'>('int bind(int fd, void *address, uint bytes)'),
    listen: call<'listen'>('int listen(int fd, int backlog)'),
    connect: call<'connect'>('int connect(int fd, void *address, uint bytes)'),
    getsockname: call<'getsockname'>('int getsockname(int fd, void *address, void *bytes)'),
    setsockopt: call<'setsockopt'>('int setsockopt(int fd, int level, int option, void *value, uint bytes)'),
    getsockopt: call<'getsockopt'>('int getsockopt(int fd, int level, int option, void *value, void *bytes)'),
    recvmmsg: call<'recvmmsg'>('int recvmmsg(int fd, void *headers, uint count, int flags, void *timeout)'),
    sendmmsg: call<'sendmmsg'>('int sendmmsg(int fd, void *headers, uint count, int flags)'),
    sendmsg: call<'sendmsg'>('long sendmsg(int fd, void *header, int flags)'),
    recvmsg: call<'recvmsg'>('long recvmsg(int fd, void *header, int flags)'),
    fcntl: call<'fcntl'>('int fcntl(int fd, int command, int argument)'),
    poll: call<'poll'>('int poll(void *entries, ulong count, int timeoutMs)'),
    eventfd: call<'eventfd'>('int eventfd(uint count, int flags)'),
    read: call<'read'>('long read(int fd, void *into, size_t bytes)'),
    write: call<'write'>('long write(int fd, void *from, size_t bytes)'),
    usleep: call<'usleep'>('int usleep(uint microseconds)'),
    if_nametoindex: call<'if_nametoindex'>('uint if_nametoindex(const char *name)'),
    close: call<'close'>('int close(int fd)'),
  };
}
