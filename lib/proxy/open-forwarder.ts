import { UdpBindError } from '../errors.js';
import type { Logger } from '../log.js';
import { LibcUnavailableError, loadLibc } from '../transport/libc.js';
import type { Transport } from '../transport/transports.js';
import type { Counts } from './counts.js';
import { DgramForwarder } from './dgram-forwarder.js';
import type { Forwarder, ForwarderOptions } from './forwarder.js';
import type { Routes } from './routes.js';
import { TcpForwarder } from './tcp-forwarder.js';
import { WorkerForwarder } from './worker-forwarder.js';

export interface OpenOptions extends ForwarderOptions {
  readonly listener: 'udp' | 'tcp';
  readonly transport: Transport;
  readonly logger: Logger;
  /** What to do when forwarding fails for good. */
  readonly onError: (error: Error) => void;
}

/**
 * Binds the address and starts forwarding.
 *
 * @throws UdpBindError or ListenerBindError when the address cannot be bound; LibcUnavailableError when
 *   recvmmsg was asked for and does not work here
 */
export async function openForwarder(
  routes: Routes,
  counts: Counts,
  options: OpenOptions,
): Promise<Forwarder> {
  const { listener, transport } = options;
  if (listener === 'tcp') return TcpForwarder.open(routes, counts, options);
  try {
    if (transport === 'dgram') return await openPortable(routes, counts, options, 'as asked');
    return await WorkerForwarder.open(loadLibc(), routes, counts, options);
  } catch (error) {
    // It names the server's flags; here they are keys of the file.
    if (error instanceof UdpBindError)
      throw new UdpBindError(error.message.replaceAll(' --', ' '), { cause: error });
    if (transport === 'recvmmsg' || !(error instanceof LibcUnavailableError)) throw error;
    return openPortable(routes, counts, options, error.message);
  }
}

function openPortable(
  routes: Routes,
  counts: Counts,
  options: OpenOptions,
  reason: string,
): Promise<Forwarder> {
  return DgramForwarder.open(routes, counts, { ...options, reason });
}
