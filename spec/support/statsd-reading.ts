import { createRequire } from 'node:module';
import type { MetricTypeName } from '../../lib/metric.js';

interface Bit {
  readonly type: MetricTypeName;
  readonly value: number;
  readonly weight: number;
  readonly delta: boolean;
  readonly member: string | undefined;
}

/** What statsd makes of a line: its key with the tags glued to it, the good bits, and the number of bad ones. */
export interface StatsdReading {
  readonly key: string;
  readonly bits: readonly Bit[];
  readonly bad: number;
}

const statsd: { is_valid_packet(fields: readonly string[]): boolean } = createRequire(import.meta.url)(
  'statsd/lib/helpers.js',
);

/**
 * Reads a line with strings, in the manner of statsd and with its own validation, as the twin of the byte parser.
 * Where statsd would die or add an infinity, the bit is bad. A rate behind tags is not looked for.
 */
export function readAsStatsd(line: string): StatsdReading {
  const [front, tagText] = line.split('|#') as [string, string?];
  const [key, ...bits] = front.split(':') as [string, ...string[]];
  const tags = tagText ? tagText.split(',') : [];
  const glued = tags.map((tag) => `;${tag.replace(';', '_').replace(':', '=')}`).join('');
  const read = (bits.length > 0 ? bits : ['1']).map((bit) => readBit(bit.split('|')));
  const good = read.filter((bit) => bit !== undefined);
  return { key: sanitized(key + glued), bits: good, bad: read.length - good.length };
}

function sanitized(key: string): string {
  return [...key.replace(/\s+/g, '_').replaceAll('/', '-')]
    .filter((c) => /[a-zA-Z0-9_.;=-]/.test(c))
    .join('');
}

function readBit(fields: readonly string[]): Bit | undefined {
  if (!statsd.is_valid_packet(fields)) return undefined;
  const [text = '', type = '', rate = ''] = fields;
  const digits = rate === '' ? '1' : /^@([\d.]+)/.exec(rate)?.[1];
  const weight = 1 / Number(digits);
  if (digits === undefined || weight === 0) return undefined;
  const bit = { value: Number(text), weight: 1, delta: false, member: undefined };
  switch (type.trim()) {
    case 's':
      return { ...bit, type: 'set', value: 0, member: text || '0' };
    case 'g':
      return finite({ ...bit, type: 'gauge', delta: /^[-+]/.test(text) });
    case 'ms':
      return finite({ ...bit, type: 'timer', weight });
    default:
      return finite({ ...bit, type: 'counter', weight });
  }
}

function finite(bit: Bit): Bit | undefined {
  return bit.weight <= 2 ** 53 && Number.isFinite(bit.value * bit.weight) ? bit : undefined;
}
