import { decimal, type Kind, port } from './kinds.js';

/** Any text, the empty one too. */
export const text: Kind<string> = {
  noun: 'text',
  allowed: 'text',
  read: (given) => (typeof given === 'string' ? given : undefined),
};

/** A host to send to: looked up by whoever sends. */
export const host: Kind<string> = {
  noun: 'a host',
  allowed: 'a name or an address, as text',
  read: (given) => (typeof given === 'string' && /^[^\s/]+$/.test(given) ? given : undefined),
};

export type Mapping = Readonly<Record<string, unknown>>;

/** Names with values. */
export const mapping: Kind<Mapping> = {
  noun: 'an object',
  allowed: 'an object of names and values',
  read: (given) =>
    typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Mapping) : undefined,
};

/** Text, or false for none. */
export const textOrFalse: Kind<string | false> = {
  noun: 'a title',
  allowed: 'text, or false for none',
  read: (given) => (given === false ? false : text.read(given)),
};

/** A list whose parts are read by one function. It is no `listOf`: text is not cut at commas. */
export function strictList<T>(
  noun: string,
  allowed: string,
  readPart: (part: unknown) => T | undefined,
): Kind<readonly T[]> {
  return {
    noun,
    allowed,
    read(given) {
      if (!Array.isArray(given)) return undefined;
      const parts = given.map(readPart);
      return parts.some((part) => part === undefined) ? undefined : (parts as T[]);
    },
  };
}

export const texts: Kind<readonly string[]> = strictList('a list of texts', 'a list of texts', text.read);

export interface HistogramConfig {
  readonly metric: string;
  readonly bins: readonly (number | 'inf')[];
}

export const histograms: Kind<readonly HistogramConfig[]> = strictList(
  'a list of histograms',
  "a list of { metric: TEXT, bins: [NUMBER, ..., 'inf'] }, the bins in ascending order",
  readHistogram,
);

export const hosts: Kind<readonly Mapping[]> = strictList(
  'a list of hosts',
  'a list of { host: TEXT, port: NUMBER }',
  (part) => {
    const given = mapping.read(part);
    return given !== undefined && host.read(given.host) !== undefined && port.read(given.port) !== undefined
      ? given
      : undefined;
  },
);

const bound = decimal('an upper bound', -Number.MAX_VALUE, Number.MAX_VALUE);

function readHistogram(given: unknown): HistogramConfig | undefined {
  const { metric, bins } = mapping.read(given) ?? {};
  if (typeof metric !== 'string' || !Array.isArray(bins)) return undefined;
  const read = bins.map((bin) => (bin === 'inf' ? bin : bound.read(bin)));
  const isAscending = read.every((bin, i) => i === 0 || size(read[i - 1]) < size(bin));
  return isAscending ? { metric, bins: read as (number | 'inf')[] } : undefined;
}

/** NaN, hence in no order, for what was not read. */
function size(bin: number | 'inf' | undefined): number {
  return bin === 'inf' ? Number.POSITIVE_INFINITY : (bin ?? Number.NaN);
}
