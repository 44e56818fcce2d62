import { readdirSync, readFileSync } from 'node:fs';

/**
 * Reads a file that the kernel makes up from its own memory: under /proc, or a name or label under /sys.
 * Nothing there waits for a device, and a call on the event loop takes 14 us where the same through the thread
 * pool takes 400 us of CPU (lib/docs/metrics.md). Not for what may wait: file systems and sensors.
 */
export const kernelText = (path: string): string => readFileSync(path, 'utf8');

/** Names in a folder of such files. */
export const kernelNames = (path: string): string[] => readdirSync(path);

/** The same where the file may be missing. */
export function kernelLine(path: string): string | undefined {
  try {
    return kernelText(path).trim();
  } catch {
    return undefined;
  }
}
