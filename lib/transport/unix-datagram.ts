import { SOCK_CLOEXEC, SOCK_DGRAM } from './layout.js';
import type { Libc } from './libc.js';

const AF_UNIX = 1;
/** `struct sockaddr_un`: the family, and a path of up to 107 bytes that ends with a zero. */
const sockaddrUn = { path: 2, size: 110 } as const;

/** Sends one datagram to a Unix socket, which Node cannot do itself. Throws Error with what the system says. */
export function sendUnixDatagram(libc: Libc, path: string, text: string): void {
  const address = new Uint8Array(sockaddrUn.size);
  const name = new TextEncoder().encode(path);
  if (name.length > sockaddrUn.size - sockaddrUn.path - 1) throw new Error(`the path ${path} is too long`);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(name, sockaddrUn.path);
  const fd = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) throw new Error(`the system says errno ${libc.errno()}`);
  try {
    const bytes = new TextEncoder().encode(text);
    if (libc.connect(fd, address, address.length) < 0 || libc.write(fd, bytes, bytes.length) < 0) {
      throw new Error(`the system says errno ${libc.errno()}`);
    }
  } finally {
    libc.close(fd);
  }
}
