import { connect } from 'node:net';
import type { Clock } from '../clock.js';
import { messageOf } from '../errors.js';

/**
 * Asks a node's management console for its health, as statsd's proxy does.
 *
 * @returns undefined when it says `up`, else why it is not taken for healthy
 */
export function checkHealth(
  host: string,
  adminPort: number,
  timeoutMs: number,
  clock: Clock,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: adminPort });
    const timer = clock.setTimer(() => end(`no answer from its console within ${timeoutMs} ms`), timeoutMs);
    const end = (reason: string | undefined): void => {
      clock.clearTimer(timer);
      socket.destroy();
      resolve(reason);
    };
    socket.once('connect', () => socket.write('health\r\n'));
    socket.once('data', (bytes) => {
      const answer = bytes.toString('latin1').trim();
      end(answer.includes('up') ? undefined : `its console says ${JSON.stringify(answer.slice(0, 80))}`);
    });
    socket.once('error', (error) => end(`its console: ${messageOf(error)}`));
    socket.once('close', () => end('its console closed the connection without an answer'));
  });
}
