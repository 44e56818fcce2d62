import type { MessagePort } from 'node:worker_threads';
import type { LiveKind, Look } from '../aggregate/look.js';
import type { PackedPartial } from '../aggregate/packed.js';
import type { BadLine, LineCounts } from '../aggregate/snapshot.js';
import type { CheckRecord, EventRecord } from '../metric.js';
import type { Refusal } from '../series/refusals.js';
import type { NewSeries, SeriesRef } from '../series/table.js';
import type { DatagramSocket } from '../transport/socket.js';
import type { Seen } from './counts.js';
import type { Retired } from './idle.js';
import type { KernelIngestOptions } from './kernel-ingestor.js';
import type { Piece } from './line-feed.js';
import type { IngestOptions } from './options.js';
import type { PacketBatch } from './packets.js';

/**
 * What a receiving thread and its owner share: a thread that blocks in a system call is not called for a message, so
 * requests lie in shared memory, which it reads between two batches; a bell (`Wakeup`) ends its wait.
 */
export const ControlSlot = {
  /** How often the owner has asked for what is sealed; the thread answers each question with one message. */
  Asked: 0,
  /** How many harvests the owner has read; the thread may release their memory. */
  Read: 1,
  /** Not 0: take what the socket still holds, give the open interval away as well, and end. */
  Stop: 2,
  /** How many `WorkerRequest`s the owner has sent: only when it changes does the thread look for them. */
  Requested: 3,
  /** Bytes of tapped packets that the owner has not dealt with yet. */
  TapHeld: 4,
  /** A `WorkerPhase`. */
  Phase: 5,
} as const;

export const controlSlots = 6;

/** What a thread does with its sockets. One that takes over from another server's must not mix with that one. */
export const WorkerPhase = {
  /** Leaves datagrams in the sockets: they are the other server's. */
  Waiting: 0,
  /** The same, until a socket is half full: the other server is about to stop, or has stopped and its word is on the way. */
  Watching: 1,
  /** Takes datagrams out of the sockets and keeps them as they are: what gauges were is not known yet. */
  Holding: 2,
  /** Makes aggregates; of what it has kept first. */
  Taking: 3,
} as const;

/** What a receiving thread is started with. Descriptors are the process's, so a number is enough. */
export interface WorkerStart {
  readonly ingest: KernelIngestOptions;
  /** Room for one datagram. */
  readonly slotBytes: number;
  /** The thread closes them when it has stopped. There may be none: lines come as requests too. */
  readonly sockets: readonly SharedSocket[];
  readonly wakeupFd: number;
  readonly control: Int32Array;
  /** Where `WorkerRequest`s come in. */
  readonly requests: MessagePort;
  /** Whether copies of what is received are wanted. */
  readonly isTapped: boolean;
}

/** A socket, as one thread tells another of it. */
export type SharedSocket = Pick<DatagramSocket, 'kind' | 'fd' | 'address' | 'port' | 'receiveBufferBytes'>;

/** What a person wants of the open interval, or lines of streams; each is answered by one message, in order. */
export type WorkerRequest =
  /** What gauges were when the last server stopped; answered like the others. */
  | { readonly kind: 'restore'; readonly gauges: IngestOptions['gauges'] }
  | { readonly kind: 'take'; readonly pieces: readonly Piece[] }
  | { readonly kind: 'look'; readonly of: LiveKind }
  | { readonly kind: 'forget'; readonly refs: readonly SeriesRef[] }
  | { readonly kind: 'seen' }
  | { readonly kind: 'growOlder' }
  /** Has a part of the series of this age leave. */
  | { readonly kind: 'retire'; readonly age: number };

/** The first message: the thread is ready to receive. */
export interface WorkerReady {
  readonly kind: 'ready';
  readonly memory: WebAssembly.Memory;
}

/** The answer to one question; to the request to stop there are several, up to the last. */
export interface WorkerAnswer {
  readonly kind: 'answer';
  readonly isLast: boolean;
  /** Series that are new since the last answer or reply and whose keys are not in the kernel's memory. */
  readonly newSeries: readonly NewSeries[];
  readonly harvests: readonly PackedHarvest[];
}

/** After the request to stop: the sockets are closed, and this is what the system dropped on them in all. */
export interface WorkerClosed {
  readonly kind: 'closed';
  readonly drops: number;
}

/** The answer to a `WorkerRequest`, with what was asked for. */
export interface WorkerReply {
  readonly kind: 'reply';
  readonly newSeries: readonly NewSeries[];
  readonly look: Look | undefined;
  readonly retired: Retired | undefined;
  readonly seen: Seen;
}

/** What was received, for a thread that is tapped. */
export interface WorkerPackets {
  readonly kind: 'packets';
  readonly batch: PacketBatch;
}

export type WorkerMessage = WorkerReady | WorkerAnswer | WorkerClosed | WorkerReply | WorkerPackets;

/** A `KernelHarvest` on its way to another thread; its own bucket's points stay in the shared memory. */
export interface PackedHarvest {
  readonly startMs: number;
  readonly list: number;
  readonly spilt: readonly PackedPoint[];
  readonly late: readonly (PackedPoint & { readonly timeMs: number })[];
  readonly counts: LineCounts;
  readonly badLines: readonly BadLine[];
  readonly events: readonly EventRecord[];
  readonly checks: readonly CheckRecord[];
  readonly refusals: readonly Refusal[];
}

export interface PackedPoint {
  readonly ref: SeriesRef;
  readonly partial: PackedPartial;
}
