import { describeSocket, type InheritedSocket } from '../transport/inheritance.js';
import { AF_UNIX, SOCK_CLOEXEC, SOCK_DGRAM, sockaddrUn } from '../transport/layout.js';
import type { Libc } from '../transport/libc.js';

/** Where systemd's descriptors begin. */
const firstDescriptor = 3;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Sockets that systemd has opened for this process (socket activation, `sd_listen_fds(3)`). */
export function activationSockets(libc: Libc, env: Environment): readonly InheritedSocket[] {
  // Inherited by a process that was started by the one that they were for.
  if (Number(env.LISTEN_PID) !== process.pid) return [];
  const count = Number(env.LISTEN_FDS ?? 0);
  return Array.from({ length: count }, (_, i) => describeSocket(libc, firstDescriptor + i)).filter(
    (socket) => socket !== undefined,
  );
}

/**
 * Tells systemd how this process is (`sd_notify(3)`): `READY=1`, `STOPPING=1`. Does nothing where nobody asks.
 */
export function notifySystemd(libc: Libc, env: Environment, state: string): void {
  const name = env.NOTIFY_SOCKET;
  if (name === undefined || !/^[/@]/.test(name)) return;
  const fd = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  // An abstract name begins with a zero byte, and its length ends it.
  const path = Buffer.from(name.replace(/^@/, '\0'));
  const address = new Uint8Array(sockaddrUn.path + path.length);
  new DataView(address.buffer).setUint16(sockaddrUn.family, AF_UNIX, true);
  address.set(path, sockaddrUn.path);
  const text = Buffer.from(state);
  if (libc.connect(fd, address, address.length) === 0) libc.write(fd, text, text.length);
  libc.close(fd);
}
