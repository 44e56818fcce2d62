/**
 * The structures that recvmmsg(2) and sendmmsg(2) read and write, and the numbers of Linux's socket interface.
 *
 * They are the same on x86-64 and arm64: 64-bit pointers, little-endian, and both take the kernel's generic
 * socket numbers. They are laid out in memory that the caller owns, so that a batch costs no allocation and the
 * kernel writes where the reader reads.
 */

/**
 *     struct mmsghdr                        struct iovec
 *      0  void *msg_name      -> sender      0  void *iov_base  -> bytes
 *      8  u32 msg_namelen                    8  u64 iov_len
 *     12  -                                 16
 *     16  iovec *msg_iov
 *     24  u64 msg_iovlen
 *     32  void *msg_control
 *     40  u64 msg_controllen
 *     48  i32 msg_flags       <- MSG_TRUNC
 *     52  -
 *     56  u32 msg_len         <- bytes received or sent
 *     60  -
 *     64
 */
export const mmsghdr = {
  name: 0,
  nameBytes: 8,
  iov: 16,
  iovCount: 24,
  control: 32,
  controlBytes: 40,
  flags: 48,
  length: 56,
  size: 64,
} as const;

/**
 * A control message behind a `msghdr` (which is the first 56 bytes of a `mmsghdr`): its length counts these 16
 * bytes.
 */
export const cmsghdr = { length: 0, level: 8, type: 12, size: 16 } as const;
export const SCM_RIGHTS = 1;

export const iovec = { base: 0, bytes: 8, size: 16 } as const;

/**
 *     struct sockaddr_in                    struct sockaddr_in6
 *      0  u16 sin_family = AF_INET           0  u16 sin6_family = AF_INET6
 *      2  u16 sin_port    (big-endian)       2  u16 sin6_port   (big-endian)
 *      4  u8[4] sin_addr                     4  u32 sin6_flowinfo
 *      8  u8[8] zero                         8  u8[16] sin6_addr
 *     16                                    24  u32 sin6_scope_id
 *                                           28
 */
export const sockaddrIn = { family: 0, port: 2, address: 4, size: 16 } as const;
export const sockaddrIn6 = { family: 0, port: 2, address: 8, scope: 24, size: 28 } as const;

/**
 *     struct sockaddr_un
 *      0  u16 sun_family = AF_UNIX
 *      2  char sun_path[108]     ends with a zero byte, or with the length given
 *    110
 */
export const sockaddrUn = { family: 0, path: 2, size: 110 } as const;

/** `{ i32 fd; i16 events; i16 revents; }` */
export const pollfd = { fd: 0, events: 4, revents: 6, size: 8 } as const;
export const POLLIN = 1;

export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
/** With the type of a new socket: programs started later do not inherit it. */
export const SOCK_CLOEXEC = 0x80000;

export const SOL_SOCKET = 1;
export const SO_TYPE = 3;
export const SO_RCVBUF = 8;
export const SO_REUSEPORT = 15;
export const SO_RCVBUFFORCE = 33;
export const SO_MEMINFO = 55;
export const IPPROTO_IPV6 = 41;
export const IPV6_V6ONLY = 26;

/** Where SO_MEMINFO's array of 32-bit numbers has what: bytes queued, the buffer's size, datagrams dropped. */
export const meminfo = { receiveQueueBytes: 0, receiveBufferBytes: 1, drops: 8, count: 9 } as const;

export const MSG_TRUNC = 0x20;
export const MSG_DONTWAIT = 0x40;
/** Descriptors that are received are not inherited by programs started later. */
export const MSG_CMSG_CLOEXEC = 0x40000000;
export const F_SETFD = 2;
export const FD_CLOEXEC = 1;

export const EFD_NONBLOCK = 0x800;
export const EFD_CLOEXEC = 0x80000;

export const EPERM = 1;
export const ENOENT = 2;
export const EINTR = 4;
export const EAGAIN = 11;
export const EACCES = 13;
export const ENOSYS = 38;
export const EAFNOSUPPORT = 97;
export const EADDRINUSE = 98;
export const EADDRNOTAVAIL = 99;

/** Writes a pointer or another 64-bit number below 2^53, which addresses of a process are. */
export function writeU64(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, value % 2 ** 32, true);
  view.setUint32(offset + 4, Math.floor(value / 2 ** 32), true);
}
