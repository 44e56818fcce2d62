import { maxNodes } from '../kernel/router-layout.js';

/** What the proxy counts, each a place of shared memory. Only the thread that forwards writes. */
const places = {
  datagramsReceived: 0,
  bytesReceived: 1,
  datagramsSent: 2,
  linesSent: 3,
  /** Lines dropped because no node was in the ring. */
  linesWithoutNode: 4,
  /** Lines dropped because the system refused to send them. */
  linesUnsent: 5,
  /** Why it refused the last of them: an errno, 0 for none. */
  lastErrno: 6,
  /** Lines dropped because they were too long, or had no end when their connection ended (TCP). */
  linesUnfinished: 7,
} as const;

export type Counted = keyof typeof places;

const nodesFrom = 16;

/** Counts of one proxy, readable from every thread: numbers, not to be had all at one moment. */
export class Counts {
  private readonly values: Float64Array;

  /** @param memory of the counts to share */
  constructor(
    readonly memory: SharedArrayBuffer = new SharedArrayBuffer(
      (nodesFrom + maxNodes) * Float64Array.BYTES_PER_ELEMENT,
    ),
  ) {
    this.values = new Float64Array(memory);
  }

  get(what: Counted): number {
    return this.values[places[what]]!;
  }

  add(what: Counted, more: number): void {
    this.values[places[what]]! += more;
  }

  refused(lines: number, errno: number): void {
    this.add('linesUnsent', lines);
    this.values[places.lastErrno] = errno;
  }

  sent(node: number, lines: number): void {
    this.values[places.datagramsSent]! += 1;
    this.values[places.linesSent]! += lines;
    this.values[nodesFrom + node]! += lines;
  }

  /** Lines sent to the node of that number. */
  linesTo(node: number): number {
    return this.values[nodesFrom + node]!;
  }

  /** The number is another node's from now on. */
  forgetNode(node: number): void {
    this.values[nodesFrom + node] = 0;
  }
}
