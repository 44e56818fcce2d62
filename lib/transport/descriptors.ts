import { cmsghdr, iovec, MSG_CMSG_CLOEXEC, mmsghdr, SCM_RIGHTS, SOL_SOCKET, writeU64 } from './layout.js';
import type { Libc } from './libc.js';

/** Most descriptors in one message: Linux's own limit. */
export const maxDescriptors = 253;

const controlRoom = cmsghdr.size + 4 * (maxDescriptors + 1);
const iovecAt = mmsghdr.size;
const controlAt = iovecAt + iovec.size;
const textAt = controlAt + controlRoom;
const textRoom = 4096;

/**
 * A `struct msghdr` with everything that it points to:
 *
 *     0        80              92+       ...
 *     | msghdr | iovec | cmsghdr, descriptors | text |
 */
function layOut(libc: Libc, textBytes: number, descriptors: number) {
  const view = new DataView(new SharedArrayBuffer(textAt + textRoom));
  const base = Number(libc.addressOf(view));
  writeU64(view, mmsghdr.iov, base + iovecAt);
  writeU64(view, mmsghdr.iovCount, 1);
  writeU64(view, iovecAt + iovec.base, base + textAt);
  writeU64(view, iovecAt + iovec.bytes, textBytes);
  const controlBytes = descriptors === 0 ? 0 : cmsghdr.size + 4 * descriptors;
  writeU64(view, mmsghdr.control, controlBytes === 0 ? 0 : base + controlAt);
  // Whole words: the next message would begin at one.
  writeU64(view, mmsghdr.controlBytes, Math.ceil(controlBytes / 8) * 8);
  return { view, header: BigInt(base), controlBytes };
}

/**
 * Sends text and descriptors over a unix socket, as one message (SCM_RIGHTS). Returns whether it was sent
 * whole.
 */
export function sendDescriptors(
  libc: Libc,
  fd: number,
  text: string,
  descriptors: readonly number[],
): boolean {
  const bytes = Buffer.from(text);
  const { view, header, controlBytes } = layOut(libc, bytes.length, descriptors.length);
  new Uint8Array(view.buffer).set(bytes, textAt);
  if (controlBytes > 0) {
    writeU64(view, controlAt + cmsghdr.length, controlBytes);
    view.setInt32(controlAt + cmsghdr.level, SOL_SOCKET, true);
    view.setInt32(controlAt + cmsghdr.type, SCM_RIGHTS, true);
    for (const [i, each] of descriptors.entries()) {
      view.setInt32(controlAt + cmsghdr.size + 4 * i, each, true);
    }
  }
  return libc.sendmsg(fd, header, 0) === bytes.length;
}

/**
 * Receives what `sendDescriptors` sent; the descriptors are this process's own. Undefined when nothing came.
 */
export function receiveDescriptors(
  libc: Libc,
  fd: number,
): { readonly text: string; readonly descriptors: readonly number[] } | undefined {
  const { view, header } = layOut(libc, textRoom, maxDescriptors);
  const received = libc.recvmsg(fd, header, MSG_CMSG_CLOEXEC);
  if (received <= 0) return undefined;
  const text = Buffer.from(view.buffer, textAt, received).toString();
  const hasDescriptors =
    view.getUint32(mmsghdr.controlBytes, true) >= cmsghdr.size &&
    view.getInt32(controlAt + cmsghdr.type, true) === SCM_RIGHTS;
  const bytes = hasDescriptors ? view.getUint32(controlAt + cmsghdr.length, true) - cmsghdr.size : 0;
  const descriptors = Array.from({ length: bytes / 4 }, (_, i) =>
    view.getInt32(controlAt + cmsghdr.size + 4 * i, true),
  );
  return { text, descriptors };
}
