/** Packets as they were received, many in one message between threads. */
export interface PacketBatch {
  /** One behind the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each ends; it begins where the one before ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** Who sent each. */
  readonly senders: readonly PacketSender[];
}

/** As Node tells of senders of datagrams. */
export interface PacketSender {
  readonly address: string;
  readonly family: 'IPv4' | 'IPv6';
  readonly port: number;
}

export type PacketSink = (batch: PacketBatch) => void;

/** The packets of a batch. They share its memory. */
export function* packetsOf({ bytes, ends, senders }: PacketBatch): Generator<[Buffer, PacketSender]> {
  let start = 0;
  for (const [i, end] of ends.entries()) {
    yield [Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start), senders[i]!];
    start = end;
  }
}
