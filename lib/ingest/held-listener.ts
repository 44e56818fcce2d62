import type { Libc } from '../transport/libc.js';
import { type ListenOptions, Opening } from './listen.js';
import type { Listener } from './listener.js';
import { NativeOpener } from './openers.js';
import type { IngestOptions } from './options.js';
import type { WorkerListener } from './worker-listener.js';

/**
 * Listeners that go on with the sockets of another server while that one is at its end: they receive at once,
 * and know only later what gauges were.
 */
export class HeldListener {
  private constructor(private readonly opening: Opening<WorkerListener>) {}

  /**
   * Opens everything and receives nothing yet.
   *
   * @throws as `listen`
   */
  static async open(libc: Libc, options: ListenOptions): Promise<HeldListener> {
    const opening = new Opening(options, new NativeOpener(options, libc, true));
    const held = new HeldListener(opening);
    try {
      await opening.openDatagrams();
      // They are opened when the other server is gone, which is too late to find that they cannot be.
      await opening.tryStreams();
    } catch (error) {
      await held.abandon();
      throw error;
    }
    return held;
  }

  /** From now on no socket is left to overflow: the other server is about to stop. */
  startWatching(): void {
    for (const collector of this.opening.collectors) collector.startWatching();
  }

  /** Takes datagrams out of the sockets and keeps them. */
  startHolding(): void {
    for (const collector of this.opening.collectors) collector.startHolding();
  }

  /** Makes aggregates, of what was kept first, and serves streams, whose clients have waited in the system. */
  async startTaking(gauges: IngestOptions['gauges']): Promise<Listener> {
    await Promise.all(this.opening.collectors.map((collector) => collector.startTaking(gauges)));
    await this.opening.openStreams();
    return this.opening.listener();
  }

  /** Ends it all, and takes nothing more out of the sockets. */
  async abandon(): Promise<void> {
    await this.opening.abandon((collector) => collector.abandon());
  }
}
