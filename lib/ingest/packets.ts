import { decodeAddress, encodeAddress, portOf } from '../transport/address.js';

/** Packets as they were received, many in one message between threads. */
export interface PacketBatch {
  /** One behind the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each ends; it begins where the one before ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** Who sent each, as the operating system has it: an address in every `senderBytes`. */
  readonly senders: Uint8Array<ArrayBuffer>;
  /** How many were left out before these because whoever takes them was too slow. */
  readonly lostBefore: number;
}

/** Room for the address of a sender. */
export const senderBytes = 32;

/**
 * As Node tells of the sender of a datagram. Senders to unix sockets have no address, those of streams port 0.
 */
export interface PacketSender {
  readonly address: string;
  readonly family: 'IPv4' | 'IPv6';
  readonly port: number;
}

export type PacketSink = (batch: PacketBatch) => void;

/** The packets of a batch. They share its memory. */
export function* packetsOf({ bytes, ends }: PacketBatch): Generator<Buffer> {
  let start = 0;
  for (const end of ends) {
    yield Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
    start = end;
  }
}

/** A packet that comes alone, copied. */
export function batchOfOne(packet: Uint8Array, address: string, port: number): PacketBatch {
  const senders = new Uint8Array(senderBytes);
  senders.set(encodeAddress(address, port)?.bytes ?? []);
  return { bytes: packet.slice(), ends: Uint32Array.of(packet.length), senders, lostBefore: 0 };
}

/** Who sent a packet of a batch. */
export function senderOf({ senders }: PacketBatch, index: number): PacketSender {
  const view = new DataView(senders.buffer, senders.byteOffset, senders.byteLength);
  const isKnown = view.getUint16(index * senderBytes) !== 0;
  const address = isKnown ? decodeAddress(view, index * senderBytes) : '';
  return {
    address,
    family: address.includes(':') ? 'IPv6' : 'IPv4',
    port: portOf(view, index * senderBytes),
  };
}
