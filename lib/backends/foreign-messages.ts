import type { StatsdMetrics } from '../flush/statsd-metrics.js';
import type { PacketBatch } from '../ingest/packets.js';

/** What the thread of a module starts with. */
export interface ForeignStart {
  /** Absolute path of the module. */
  readonly path: string;
  /** Unix seconds. */
  readonly startupTime: number;
  readonly config: unknown;
}

/** Metrics as a message can carry them: objects of classes arrive as mere objects. */
export interface PackedMetrics extends Omit<StatsdMetrics, 'sets'> {
  readonly sets: readonly (readonly [name: string, members: readonly string[], size: number])[];
}

export function packedMetrics({ sets, ...rest }: StatsdMetrics): PackedMetrics {
  return {
    ...rest,
    sets: Object.entries(sets).map(([name, set]) => [name, set.values(), set.size()] as const),
  };
}

export type ForeignRequest =
  | {
      readonly kind: 'flush';
      readonly id: number;
      readonly timestamp: number;
      readonly metrics: PackedMetrics;
    }
  | { readonly kind: 'status'; readonly id: number }
  | { readonly kind: 'packets'; readonly batch: PacketBatch }
  /** Nothing comes any more: the thread ends once the module is done. */
  | { readonly kind: 'end' };

/** A line that a module adds to `stats`; with an error instead of a value, when it says so. */
export interface ForeignStat {
  readonly group: string;
  readonly name: string;
  readonly value: number | string;
  readonly error: string | undefined;
}

export type ForeignMessage =
  /** `init` has returned; whether it agreed, and whether the module wants packets. */
  | { readonly kind: 'ready'; readonly isWilling: boolean; readonly wantsPackets: boolean }
  /** The flush was handed to the module, which threw an error or did not. */
  | { readonly kind: 'flushed'; readonly id: number; readonly error: string | undefined }
  | { readonly kind: 'status'; readonly id: number; readonly lines: readonly ForeignStat[] }
  /** Packets were handed to the module. */
  | { readonly kind: 'took'; readonly bytes: number }
  | { readonly kind: 'log'; readonly text: string; readonly type: string | undefined };
