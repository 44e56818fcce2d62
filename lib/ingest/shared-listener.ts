import type { LiveView } from '../aggregate/live-view.js';
import type { StreamReceiver } from '../transport/stream-receiver.js';
import type { UnixPath } from '../transport/unix-path.js';
import { sumOfKnown } from './dgram-listener.js';
import type { BoundSocket, Collector, Listener } from './listener.js';
import { SnapshotMerger, type ThreadSnapshot } from './merge.js';
import { MergedView } from './merged-view.js';
import { seenByAll } from './worker-listener.js';

export interface SharedListenerParts {
  /** One a dialect. */
  readonly collectors: readonly Collector[];
  readonly streams: readonly StreamReceiver[];
  /** Of unix sockets for datagrams. */
  readonly paths: readonly UnixPath[];
  readonly bound: readonly BoundSocket[];
}

/** All sockets of a server, and all places that collect what comes on them. */
export class SharedListener implements Listener {
  readonly bound: readonly BoundSocket[];
  readonly view: LiveView;
  readonly transport: string;
  readonly grantedBufferBytes: number;
  private readonly collectors: readonly Collector[];
  private readonly streams: readonly StreamReceiver[];
  private readonly paths: readonly UnixPath[];
  private readonly merger = new SnapshotMerger();

  constructor({ collectors, streams, paths, bound }: SharedListenerParts) {
    this.collectors = collectors;
    this.streams = streams;
    this.paths = paths;
    this.bound = bound;
    this.view = new MergedView(collectors.flatMap(({ sources }) => sources));
    this.transport = collectors[0]?.transport ?? '';
    this.grantedBufferBytes = collectors[0]?.grantedBufferBytes ?? 0;
  }

  get descriptors(): readonly number[] {
    const ofStreams = this.streams.map(({ descriptor }) => descriptor).filter((fd) => fd !== undefined);
    return [...this.collectors.flatMap(({ descriptors }) => descriptors), ...ofStreams];
  }

  get stopped(): Promise<unknown> {
    return Promise.all(this.collectors.map(({ stopped }) => stopped));
  }

  releasePaths(): void {
    for (const path of this.paths) path.release();
    for (const stream of this.streams) stream.releasePath();
  }

  async seen() {
    return seenByAll(await Promise.all(this.collectors.map((collector) => collector.seen())));
  }

  collect(): Promise<readonly ThreadSnapshot[]> {
    return this.snapshots((collector) => collector.collect());
  }

  async finish(): Promise<readonly ThreadSnapshot[]> {
    for (const path of this.paths) path.remove();
    await Promise.all(this.streams.map((stream) => stream.drain()));
    return this.snapshots((collector) => collector.finish());
  }

  async dropped(): Promise<number | undefined> {
    return sumOfKnown(await Promise.all(this.collectors.map((collector) => collector.dropped())));
  }

  async close(): Promise<void> {
    for (const path of this.paths) path.remove();
    await Promise.all(this.streams.map((stream) => stream.close()));
    await Promise.all(this.collectors.map((collector) => collector.close()));
  }

  private async snapshots(
    take: (collector: Collector) => Promise<readonly ThreadSnapshot[]>,
  ): Promise<readonly ThreadSnapshot[]> {
    const all = await Promise.all(this.collectors.map(take));
    return all.length === 1 ? all[0]! : this.merger.merge(all.flat());
  }
}
