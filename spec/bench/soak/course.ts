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

/** Medians of the first, the middle and the last third. */
export function thirdsOf(
  readings: readonly Reading[],
  of: (reading: Reading) => number,
): readonly [number, number, number] {
  const third = Math.floor(readings.length / 3);
  const parts = [readings.slice(0, third), readings.slice(third, 2 * third), readings.slice(2 * third)];
  return parts.map((part) => median(part.map(of))) as [number, number, number];
}

/**
 * Whether memory and file stay flat: medians of the middle and of the last third, compared.
 *
 * @param readings in the order of time, at least nine
 */
export function courseOf(readings: readonly Reading[]): { readonly text: string; readonly isFlat: boolean } {
  const growth = (of: (reading: Reading) => number): number => {
    const [, middle, last] = thirdsOf(readings, of);
    return last / middle - 1;
  };
  const grown = {
    memory: growth(({ residentBytes }) => residentBytes),
    file: growth(({ fileBytes }) => fileBytes),
  };
  const text = Object.entries(grown)
    .map(([name, share]) => `${name} ${share < 0 ? '' : '+'}${(share * 100).toFixed(1)} %`)
    .join(', ');
  return { text, isFlat: Object.values(grown).every((share) => share <= mostGrowth) };
}

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** The thirds of a course in words, one line each for memory and file. */
export function thirdsText(readings: readonly Reading[]): string {
  const line = (name: string, of: (reading: Reading) => number): string => {
    const [first, middle, last] = thirdsOf(readings, of).map(mib);
    return `${name.padEnd(8)} first third ${first}, middle ${middle}, last ${last}`;
  };
  return [
    line('memory', ({ residentBytes }) => residentBytes),
    line('database', ({ fileBytes }) => fileBytes),
  ].join('\n');
}

export function readingText({ after, residentBytes, fileBytes }: Reading): string {
  return `${after.padStart(8)}   memory ${mib(residentBytes).padStart(10)}   database ${mib(fileBytes).padStart(10)}`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
