import type { Tag } from '../metric.js';

/** One number of the host, as it stands now. */
export interface Reading {
  readonly name: string;
  /**
   * `level`: sent as a gauge. `total`: a running total that the kernel keeps, sent as a counter of what was
   * added since the reading before.
   */
  readonly kind: 'level' | 'total';
  readonly value: number;
  readonly tags: readonly Tag[];
}

/** A part of the host that is read as one: it fails, or is late, alone. */
export interface Source {
  readonly name: string;
  read(): Promise<readonly Reading[]>;
}

/** Where the kernel's files are. */
export interface Roots {
  readonly proc: string;
  readonly sys: string;
}

export const systemRoots: Roots = { proc: '/proc', sys: '/sys' };

const noTags: readonly Tag[] = [];

export function level(name: string, value: number, tags = noTags): Reading {
  return { name, kind: 'level', value, tags };
}

export function total(name: string, value: number, tags = noTags): Reading {
  return { name, kind: 'total', value, tags };
}
