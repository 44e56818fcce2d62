import type { PacketBatch } from '../ingest/packets.js';

/** Sends packets on to one place. */
export interface Repetition {
  /** Why packets get lost at the moment, in words; undefined when they do not. */
  readonly problem: string | undefined;
  packets(batch: PacketBatch): void;
  /** How many packets were lost since the last call. */
  takeLost(): number;
  close(): Promise<void>;
}
