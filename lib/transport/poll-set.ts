import { POLLIN, pollfd } from './layout.js';
import type { Libc } from './libc.js';

/** Descriptors that one thread waits for together, to read from one of them. */
export class PollSet {
  private readonly entries: DataView;
  private readonly address: bigint;

  constructor(
    private readonly libc: Libc,
    private readonly descriptors: readonly number[],
  ) {
    this.entries = new DataView(new SharedArrayBuffer(descriptors.length * pollfd.size));
    this.address = libc.addressOf(this.entries);
    for (const [i, fd] of descriptors.entries()) {
      this.entries.setInt32(i * pollfd.size + pollfd.fd, fd, true);
      this.entries.setInt16(i * pollfd.size + pollfd.events, POLLIN, true);
    }
  }

  /**
   * Blocks until a descriptor has something, or the time is over.
   *
   * @param from number of the first descriptor to wait for; those before it are left out
   * @returns how many have something
   */
  wait(timeoutMs: number, from = 0): number {
    const address = this.address + BigInt(from * pollfd.size);
    return this.libc.poll(address, this.descriptors.length - from, timeoutMs);
  }

  /** Whether a descriptor had something when the last wait ended. */
  isReady(descriptor: number): boolean {
    return this.entries.getInt16(descriptor * pollfd.size + pollfd.revents, true) !== 0;
  }
}
