import { ListenerBindError } from '../errors.js';
import {
  AF_UNIX,
  EACCES,
  EADDRINUSE,
  ENOENT,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_STREAM,
  sockaddrUn,
} from './layout.js';
import type { Libc } from './libc.js';
import { DatagramSocket, sizeReceiveBuffer } from './socket.js';
import { clearUnixPath, UnixPath, withSocketMode } from './unix-path.js';

export interface UnixListen {
  readonly path: string;
  /** File mode of the socket, such as 0o666; undefined leaves it to the umask. */
  readonly mode: number | undefined;
}

/** Clients that may wait to be accepted. */
const backlog = 511;

/**
 * Opens a unix socket for datagrams, which Node has none of.
 *
 * @throws ListenerBindError when the path cannot be had
 * @throws LibcUnavailableError when the system does not count what it drops
 */
export async function openUnixDatagramSocket(
  libc: Libc,
  listen: UnixListen,
  receiveBufferBytes: number,
): Promise<{ readonly socket: DatagramSocket; readonly path: UnixPath }> {
  const fd = await bound(libc, listen, SOCK_DGRAM);
  const path = new UnixPath(listen.path);
  const granted = sizeReceiveBuffer(libc, fd, receiveBufferBytes);
  const socket = new DatagramSocket(libc, 'unixgram', fd, listen.path, 0, granted);
  try {
    // Asked now, so that a system without this count is known before anyone relies on it.
    socket.drops();
  } catch (error) {
    path.remove();
    socket.close();
    throw error;
  }
  return { socket, path };
}

/**
 * Opens a unix socket for streams and listens on it: a descriptor, so that closing it leaves its path alone.
 *
 * @throws ListenerBindError when the path cannot be had
 */
export async function listenOnUnixSocket(libc: Libc, listen: UnixListen): Promise<number> {
  const fd = await bound(libc, listen, SOCK_STREAM);
  libc.listen(fd, backlog);
  return fd;
}

async function bound(libc: Libc, { path, mode }: UnixListen, type: number): Promise<number> {
  await clearUnixPath(path);
  const fd = libc.socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
  if (fd < 0) throw bindError(path, libc.errno());
  const address = encodeUnixAddress(path);
  if (withSocketMode(mode, () => libc.bind(fd, address, address.byteLength)) < 0) {
    const error = bindError(path, libc.errno());
    libc.close(fd);
    throw error;
  }
  return fd;
}

/** A `struct sockaddr_un` of a path, its end mark included. */
export function encodeUnixAddress(path: string): Uint8Array {
  const text = Buffer.from(path);
  const bytes = new Uint8Array(sockaddrUn.path + text.length + 1);
  new DataView(bytes.buffer).setUint16(sockaddrUn.family, AF_UNIX, true);
  bytes.set(text, sockaddrUn.path);
  return bytes;
}

function bindError(path: string, errno: number): ListenerBindError {
  const reasons: Readonly<Record<number, string>> = {
    [EADDRINUSE]: 'EADDRINUSE, another program was faster; stop it or choose another path',
    [EACCES]: 'no permission to write to its folder',
    [ENOENT]: 'its folder is not there; create it or choose another path',
  };
  return new ListenerBindError(
    `cannot bind the unix socket ${path}: ${reasons[errno] ?? `the system says errno ${errno}`}`,
  );
}
