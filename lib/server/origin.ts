import { messageOf } from '../errors.js';
import { type Libc, LibcUnavailableError, loadLibc } from '../transport/libc.js';
import type { Origin } from './listeners.js';
import { activationSockets, type Environment, notifySystemd } from './systemd.js';
import { type TakeOverParts, takeOver } from './take-over.js';

/**
 * Gets the sockets that somebody else has opened for this server: the one before it, when the configuration
 * says so, or systemd.
 *
 * @throws GoodallError when something cannot be opened; the server before this one goes on then
 */
export async function originOf(parts: TakeOverParts, env: Environment): Promise<Origin> {
  const taken = parts.config.takeOver ? await takeOver(parts) : undefined;
  if (taken !== undefined) return { taken };
  if (env.LISTEN_FDS === undefined) return {};
  try {
    const libc = loadLibc();
    return { activated: { libc, sockets: activationSockets(libc, env) } };
  } catch (error) {
    if (!(error instanceof LibcUnavailableError)) throw error;
    parts.logger.error(`cannot use the sockets that systemd has opened: ${messageOf(error)}`);
    return {};
  }
}

/** Tells systemd of this process, if it asked to be told. */
export function notifierOf(env: Environment): (state: string) => void {
  const libc = env.NOTIFY_SOCKET === undefined ? undefined : libcOrNone();
  return (state) => {
    if (libc !== undefined) notifySystemd(libc, env, state);
  };
}

function libcOrNone(): Libc | undefined {
  try {
    return loadLibc();
  } catch {
    // systemd then waits for `READY=1` in vain, and says so.
    return undefined;
  }
}
