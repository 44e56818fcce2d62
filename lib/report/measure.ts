import { UsageError } from '../errors.js';
import { printable } from './text.js';
import type { Unit } from './units.js';

const milliseconds: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1e3,
  m: 6e4,
  min: 6e4,
  h: 3.6e6,
  d: 8.64e7,
};
const bytes: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};
const suffixes: Readonly<Record<Unit['kind'], Readonly<Record<string, number>>>> = {
  time: milliseconds,
  bytes,
  percent: { '%': 1 },
  celsius: { '°C': 1 },
  number: {},
};

/**
 * A number as someone writes it for values of this unit: `250`, `250ms`, `1.5s`, `4GiB`, `90%`; in that unit.
 */
export function readMeasure(text: string, unit: Unit, name: string): number {
  const [, number = '', suffix = ''] =
    /^([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*([^\d\s]*)$/i.exec(text.trim()) ?? [];
  const size = suffix === '' ? unit.factor : suffixes[unit.kind][suffix];
  if (number === '' || size === undefined) {
    const units = Object.keys(suffixes[unit.kind]);
    const hint = units.length === 0 ? 'a number without a unit' : `a number, or one with ${units.join(', ')}`;
    throw new UsageError(
      `cannot read the limit ${JSON.stringify(text)} for ${printable(name)}; give ${hint}`,
    );
  }
  return (Number(number) * size) / unit.factor;
}

/** The unit of performance data (Nagios plugin guidelines) and what turns a value into it. */
export function performanceUnit({ kind, factor }: Unit): { readonly uom: string; readonly factor: number } {
  switch (kind) {
    case 'time':
      if (factor === 1e3) return { uom: 's', factor: 1 };
      if (factor === 1) return { uom: 'ms', factor: 1 };
      return { uom: 'us', factor: factor * 1e3 };
    case 'bytes':
      return { uom: 'B', factor };
    case 'percent':
      return { uom: '%', factor };
    default:
      return { uom: '', factor: 1 };
  }
}
