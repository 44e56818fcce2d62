import { inspect } from 'node:util';
import { type PacketBatch, packetsOf, senderOf } from '../ingest/packets.js';
import type { Logger } from '../log.js';

/**
 * Logs every line that was received, as statsd does with `dumpMessages`. Every one costs a line: not for a busy
 * server.
 */
export function dumpPackets(batch: PacketBatch, logger: Logger): void {
  if (batch.lostBefore > 0) logger.warn(`${batch.lostBefore} packets came too fast to be logged`);
  let index = 0;
  for (const packet of packetsOf(batch)) {
    const sender = senderText(batch, index++);
    for (const line of packet.toString().split('\n')) {
      if (line !== '') logger.info(`received${sender}: ${inspect(line)}`);
    }
  }
}

function senderText(batch: PacketBatch, index: number): string {
  const { address, port } = senderOf(batch, index);
  if (address === '') return '';
  return port === 0 ? ` from ${address}` : ` from ${address} port ${port}`;
}
