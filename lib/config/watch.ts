import { unwatchFile, watchFile } from 'node:fs';
import type { Clock, Timer } from '../clock.js';

const lookEveryMs = 500;
/** How long a file stays as it is before it counts as written: longer than two looks are apart. */
const settleMs = 1000;

export interface FileWatch {
  stop(): void;
}

/**
 * Tells when a file has changed and come to rest, and once at the beginning. The path is looked at again and
 * again, which notices files that are replaced, linked anew, mounted or gone for a while, where a notification
 * of the system would not.
 */
export function watchConfigFile(path: string, clock: Clock, onChange: () => void): FileWatch {
  let settling: Timer | undefined;
  const settle = (): void => {
    if (settling !== undefined) clock.clearTimer(settling);
    settling = clock.setTimer(onChange, settleMs);
  };
  // The file may have changed since it was read, before the first look.
  settle();
  watchFile(path, { interval: lookEveryMs, persistent: false }, settle);
  return {
    stop() {
      unwatchFile(path, settle);
      if (settling !== undefined) clock.clearTimer(settling);
    },
  };
}
