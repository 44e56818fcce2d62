import type { MetricTypeName } from '../metric.js';

/**
 * What a number counts, and so how it is written for people. `factor` turns it into the base: ms, bytes, one.
 */
export interface Unit {
  readonly kind: 'number' | 'time' | 'bytes' | 'percent' | 'celsius';
  readonly factor: number;
}

const plain: Unit = { kind: 'number', factor: 1 };
const milliseconds: Unit = { kind: 'time', factor: 1 };
const bytes: Unit = { kind: 'bytes', factor: 1 };

/** Units by the last word of a name. */
const lastWords: ReadonlyMap<string, Unit> = new Map([
  ['ns', { kind: 'time', factor: 1e-6 }],
  ['us', { kind: 'time', factor: 1e-3 }],
  ['ms', milliseconds],
  ['millis', milliseconds],
  ['milliseconds', milliseconds],
  ['sec', { kind: 'time', factor: 1e3 }],
  ['secs', { kind: 'time', factor: 1e3 }],
  ['seconds', { kind: 'time', factor: 1e3 }],
  ['bytes', bytes],
  ['percent', { kind: 'percent', factor: 1 }],
  ['pct', { kind: 'percent', factor: 1 }],
  ['celsius', { kind: 'celsius', factor: 1 }],
]);

/** `disk_used`, `mem_available`, `swap_total` ... but not `disk_reads`. */
const capacity =
  /(?:^|[._-])(?:disk|mem|memory|swap)[._-](?:used|free|total|available|cached|buffers|active)$/;

/**
 * The unit of a series' values, by the words of its name; a timer's are milliseconds unless its name says more.
 */
export function unitOf(name: string, type: MetricTypeName): Unit {
  const lower = name.toLowerCase();
  const words = lower.split(/[^a-z0-9]+/);
  const byWord = lastWords.get(words.at(-1) ?? '');
  if (byWord !== undefined) return byWord;
  if (type === 'timer') return milliseconds;
  return words.includes('bytes') || capacity.test(lower) ? bytes : plain;
}
