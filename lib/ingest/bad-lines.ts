import type { BadLine } from '../aggregate/snapshot.js';

/** Kinds of bad line told apart in one interval; what comes after is counted under an unnamed sender. */
const maxKinds = 1000;

/** How much of a bad line is kept as its sample. */
export const maxSampleBytes = 200;

interface Kind extends BadLine {
  count: number;
  lastSeenMs: number;
}

/** Which senders sent what that could not be accepted: one sample a reason and sender, and how often. */
export class BadLineLog {
  private kinds = new Map<string, Kind>();
  private readonly decoder = new TextDecoder();

  record(reason: string, sender: string, slab: Uint8Array, start: number, end: number, nowMs: number): void {
    const from = this.kinds.size < maxKinds || this.kinds.has(kindKey(reason, sender)) ? sender : '';
    const known = this.kinds.get(kindKey(reason, from));
    if (known !== undefined) {
      known.count += 1;
      known.lastSeenMs = nowMs;
      return;
    }
    const sample = this.decoder.decode(slab.subarray(start, Math.min(end, start + maxSampleBytes)));
    const kind = { reason, sender: from, sample, count: 1, firstSeenMs: nowMs, lastSeenMs: nowMs };
    this.kinds.set(kindKey(reason, from), kind);
  }

  /** Gives away what was recorded since the last call. */
  take(): BadLine[] {
    const taken = [...this.kinds.values()];
    this.kinds = new Map();
    return taken;
  }
}

function kindKey(reason: string, sender: string): string {
  return `${reason} ${sender}`;
}
