import { EFD_CLOEXEC, EFD_NONBLOCK } from './layout.js';
import type { Libc } from './libc.js';

/**
 * A bell between threads: one rings it, another, blocked in a receive, stops waiting. Rung while nobody waits,
 * it ends the next wait at once. It carries no message: whoever rings has put the request into shared memory
 * before.
 */
export class Wakeup {
  private readonly one = BigUint64Array.of(1n);
  private readonly count = new BigUint64Array(1);

  /**
   * @param fd a descriptor of `openWakeup`; descriptors are the process's, so any thread may make its own
   * Wakeup of one
   */
  constructor(
    private readonly libc: Libc,
    readonly fd: number,
  ) {}

  ring(): void {
    this.libc.write(this.fd, this.one, this.one.byteLength);
  }

  /** Makes the bell silent again. */
  clear(): void {
    this.libc.read(this.fd, this.count, this.count.byteLength);
  }

  close(): void {
    this.libc.close(this.fd);
  }
}

export function openWakeup(libc: Libc): Wakeup {
  const fd = libc.eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (fd < 0) throw new Error(`eventfd failed with errno ${libc.errno()}`);
  return new Wakeup(libc, fd);
}
