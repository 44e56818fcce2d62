import type { Unit } from './units.js';

type Scale = readonly (readonly [name: string, size: number])[];

/** Units of one kind, smallest first. */
const timeScale: Scale = [
  ['ns', 1e-6],
  ['µs', 1e-3],
  ['ms', 1],
  ['s', 1e3],
  ['min', 6e4],
  ['h', 3.6e6],
  ['d', 8.64e7],
];
const byteScale: Scale = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'].map((name, i) => [name, 1024 ** i]);
const numberScale: Scale = [
  ['', 1],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
];

/** Below this, plain numbers are written out: 9,999,999. */
const writtenOut = 1e7;

/**
 * A value in its unit: `12.3 ms`, `1.5 GiB`, `87 %`, `1,234`. Three significant digits, or all before the
 * point.
 */
export function quantity(value: number, unit: Unit): string {
  const base = value * unit.factor;
  switch (unit.kind) {
    case 'time':
      return scaled(base, timeScale, 'ms');
    case 'bytes':
      return scaled(base, byteScale, 'B');
    case 'percent':
      return `${digits(base)} %`;
    case 'celsius':
      return `${digits(base)} °C`;
    default:
      return plainNumber(base);
  }
}

/** A value per second: `3.4/s`, `1.2 MiB/s`. */
export function perSecond(value: number, unit: Unit): string {
  return `${quantity(value, unit)}/s`;
}

/** `1,234`, `12.3 M`. */
export function plainNumber(value: number): string {
  return Math.abs(value) < writtenOut ? digits(value) : scaled(value, numberScale, '');
}

/** A length of time in whole words of so many units at most: `1 h`, `1 h 30 min`, `2 d`. */
export function duration(ms: number, mostUnits = 2): string {
  const parts: string[] = [];
  let restMs = ms >= 1000 ? Math.round(ms / 1000) * 1000 : ms;
  for (const [name, size] of timeScale.filter(([, size]) => size >= 1).toReversed()) {
    const whole = Math.floor(restMs / size);
    if (whole > 0) parts.push(`${plainNumber(whole)} ${name}`);
    restMs -= whole * size;
    if (parts.length === mostUnits) break;
  }
  return parts.join(' ') || '0 s';
}

/** Three significant digits, or every digit before the point. Shorter only where that is the exact value. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return String(value).replace('Infinity', '∞');
  const magnitude = Math.abs(value);
  if (magnitude >= 1e15 || (magnitude > 0 && magnitude < 1e-3)) {
    return value.toExponential(2).replace(/\.?0*e\+?/, 'e');
  }
  if (magnitude >= 99.95) return grouped(String(Math.round(value)));
  const rounded = value.toPrecision(3);
  const exact = Math.abs(Number(rounded) - value) <= magnitude * 1e-12;
  return exact ? String(Number(rounded)) : rounded;
}

function grouped(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** In the largest unit of which there is at least one; `zero` is the unit of nothing. */
function scaled(value: number, scale: Scale, zero: string): string {
  const magnitude = Math.abs(value);
  // Chosen by what will be written, so that 999.7 ms is 1 s and not 1,000 ms.
  const found =
    scale.findLast(([, size], i) => {
      const smaller = scale[i - 1]?.[1] ?? size;
      return roundedTo(magnitude / smaller) * smaller >= size;
    }) ?? scale[0];
  const [name, size] = value === 0 || found === undefined ? [zero, 1] : found;
  return name === '' ? digits(value / size) : `${digits(value / size)} ${name}`;
}

/** What `digits` makes of a magnitude. */
function roundedTo(magnitude: number): number {
  return magnitude >= 99.95 ? Math.round(magnitude) : Number(magnitude.toPrecision(3));
}
