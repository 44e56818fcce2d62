import { statSync } from 'node:fs';
import { residentBytes } from '../server/process-stats.js';

/** What a server took up at one moment of a soak. */
export interface Reading {
  /** How long it has run: `3.5 d`, `10 min`. */
  readonly after: string;
  readonly residentBytes: number;
  /** The database with its write-ahead log. */
  readonly fileBytes: number;
}

/** What a process and its database take up now. */
export function readingOf(after: string, pid: number, db: string): Reading {
  const bytesOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return { after, residentBytes: residentBytes(pid), fileBytes: bytesOf(db) + bytesOf(`${db}-wal`) };
}

/** By how much the last third of a course may lie above the one before it: a leak shows as much more over that time. */
const mostGrowth = 0.1;

/**
 * Whether memory and file stay flat: medians of the middle and of the last third, compared.
 *
 * @param readings in the order of time, at least nine
 */
export function courseOf(readings: readonly Reading[]): { readonly text: string; readonly isFlat: boolean } {
  const third = Math.floor(readings.length / 3);
  const [middle, last] = [readings.slice(third, 2 * third), readings.slice(2 * third)];
  const growth = (of: (reading: Reading) => number) => median(last.map(of)) / median(middle.map(of)) - 1;
  const grown = {
    memory: growth(({ residentBytes }) => residentBytes),
    file: growth(({ fileBytes }) => fileBytes),
  };
  const text = Object.entries(grown)
    .map(([name, share]) => `${name} ${share < 0 ? '' : '+'}${(share * 100).toFixed(1)} %`)
    .join(', ');
  return { text, isFlat: Object.values(grown).every((share) => share <= mostGrowth) };
}

export function readingText({ after, residentBytes, fileBytes }: Reading): string {
  const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return `${after.padStart(8)}   memory ${mib(residentBytes).padStart(10)}   database ${mib(fileBytes).padStart(10)}`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
