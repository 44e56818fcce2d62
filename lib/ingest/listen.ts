import { LibcUnavailableError, loadLibc } from '../transport/libc.js';
import type { Transport } from '../transport/transports.js';
import { DgramListener, type DgramListenOptions } from './dgram-listener.js';
import type { Listener } from './listener.js';
import { WorkerListener, type WorkerListenOptions } from './worker-listener.js';

export type ListenerOptions = WorkerListenOptions &
  Omit<DgramListenOptions, 'reason'> & { readonly transport: Transport };

/**
 * Binds the UDP address and starts receiving.
 *
 * @throws UdpBindError when the address cannot be bound; LibcUnavailableError when recvmmsg was asked for and
 * does not work here
 */
export async function listen(options: ListenerOptions): Promise<Listener> {
  if (options.transport === 'dgram') return DgramListener.open({ ...options, reason: 'as asked' });
  try {
    return await WorkerListener.open(loadLibc(), options);
  } catch (error) {
    if (options.transport === 'recvmmsg' || !(error instanceof LibcUnavailableError)) throw error;
    return DgramListener.open({ ...options, reason: error.message });
  }
}
