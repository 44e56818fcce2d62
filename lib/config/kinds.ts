import { isIP } from 'node:net';
import { parseRetention, type Retention, retentionText } from './retention.js';

/** A kind of value: what it is called, what is allowed, and how it is read. */
export interface Kind<T> {
  /** With its article: "70000 is not `a port`". */
  readonly noun: string;
  /** Completes the sentence: "`a whole number from 0 to 65535`". */
  readonly allowed: string;
  /**
   * The value that was meant, or undefined when it is not allowed. Flags and environment give text; a file
   * gives whatever its syntax says.
   */
  read(given: unknown): T | undefined;
  /** What `read` makes the value from, where that is not the value itself. */
  text?(value: T): unknown;
  /** Of a list, the kind of its parts; flags and files may give several of them. */
  readonly item?: Kind<unknown>;
}

/** Decimal digits only: `Number` alone would take `0x10`, `1e3`, blanks and the empty string. */
const wholeText = /^\d+$/;
const decimalText = /^-?(\d+\.?\d*|\.\d+)$/;

function readNumber(given: unknown, text: RegExp): number | undefined {
  if (typeof given === 'number') return given;
  return typeof given === 'string' && text.test(given) ? Number(given) : undefined;
}

/** A whole number within closed limits. */
export function wholeNumber(noun: string, least: number, most: number): Kind<number> {
  return {
    noun,
    allowed: `a whole number from ${least} to ${most}`,
    read(given) {
      const value = readNumber(given, wholeText);
      return value !== undefined && Number.isInteger(value) && value >= least && value <= most
        ? value
        : undefined;
    },
  };
}

/** A number, whole or not, within closed limits. */
export function decimal(noun: string, least: number, most: number): Kind<number> {
  return {
    noun,
    allowed: `a number from ${least} to ${most}`,
    read(given) {
      const value = readNumber(given, decimalText);
      return value !== undefined && value >= least && value <= most ? value : undefined;
    },
  };
}

export const port: Kind<number> = wholeNumber('a port', 0, 65_535);

/** A duration in whole milliseconds within closed limits. */
export function durationMs(noun: string, leastMs: number, mostMs: number): Kind<number> {
  const limits = wholeNumber(noun, leastMs, mostMs);
  return { ...limits, allowed: `${limits.allowed}, in milliseconds` };
}

const dayMs = 86_400_000;

/**
 * A duration that fits a whole number of times into a day. Buckets start at multiples of the interval since
 * the epoch, so only such an interval starts a bucket at each midnight UTC and keeps every day alike.
 */
export function dayDivisorMs(noun: string, leastMs: number, mostMs: number): Kind<number> {
  const limits = durationMs(noun, leastMs, mostMs);
  return {
    noun,
    allowed: `${limits.allowed}, that divides a day evenly (such as 1000, 10000 or 60000)`,
    read(given) {
      const value = limits.read(given);
      return value !== undefined && dayMs % value === 0 ? value : undefined;
    },
  };
}

/** An address to bind. Names are not looked up; `localhost` is the one that needs no look-up. */
export const address: Kind<string> = {
  noun: 'an address',
  allowed: 'an IPv4 or IPv6 address without brackets (such as 127.0.0.1, 0.0.0.0 or ::), or localhost',
  read(given) {
    if (given === 'localhost') return '127.0.0.1';
    return typeof given === 'string' && isIP(given) !== 0 ? given : undefined;
  },
};

export const path: Kind<string> = {
  noun: 'a path',
  allowed: 'text that is not empty',
  read: (given) => (typeof given === 'string' && given !== '' && !given.includes('\0') ? given : undefined),
};

/** A name of printable characters. Blanks at its ends are refused: nobody could see them in a report. */
export function nameOf(noun: string, mostCharacters: number): Kind<string> {
  return {
    noun,
    allowed: `text of 1 to ${mostCharacters} printable characters, without blanks around it`,
    read(given) {
      if (typeof given !== 'string' || given === '' || given.length > mostCharacters) return undefined;
      return given.trim() === given && !/\p{Cc}/u.test(given) ? given : undefined;
    },
  };
}

const switchWords: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false,
};

/** Something that is on or off. */
export const onOff: Kind<boolean> = {
  noun: 'a switch',
  allowed: 'true or false (also yes or no, on or off, 1 or 0)',
  read(given) {
    const word = String(given).toLowerCase();
    return typeof given !== 'object' && Object.hasOwn(switchWords, word) ? switchWords[word] : undefined;
  },
};

/** One of some words, exactly as they are written. */
export function oneOf<T extends string>(noun: string, words: readonly T[]): Kind<T> {
  return {
    noun,
    allowed: `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`,
    read: (given) => words.find((word) => word === given),
  };
}

/** Any number of values of one kind: a list, or text with commas between them. */
export function listOf<T>(noun: string, item: Kind<T>): Kind<readonly T[]> {
  return {
    noun,
    allowed: `any number of: ${item.allowed}`,
    item: item as Kind<unknown>,
    read(given) {
      const values = listed(given).map((part) => item.read(part));
      return values.some((value) => value === undefined) ? undefined : (values as T[]);
    },
    text: (values) => values.map((value) => item.text?.(value) ?? value),
  };
}

/** The parts of what somebody gave for a list. */
export function listed(given: unknown): readonly unknown[] {
  if (Array.isArray(given)) return given;
  return typeof given === 'string' ? given.split(',').map((part) => part.trim()) : [given];
}

export const retention: Kind<Retention> = {
  noun: 'a retention',
  allowed:
    'a list of STEP:KEEP with the units ms, s, m, h, d, w, y; each step divides a day, is a multiple of the one before, ' +
    'and is kept at least as long',
  read: (given) => (typeof given === 'string' ? parseRetention(given) : undefined),
  text: retentionText,
};
