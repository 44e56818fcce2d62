import { MetricType } from '../metric.js';
import { textOf } from './bytes.js';

/**
 * The type that a range spells exactly: `c g ms h d s`. `undefined` for any other spelling. Histograms and
 * distributions are one: what is stored of either is the same.
 */
export function exactType(slab: Uint8Array, start: number, end: number): MetricType | undefined {
  const first = slab[start];
  if (end - start === 1) {
    switch (first) {
      case 0x63: // c
        return MetricType.Counter;
      case 0x67: // g
        return MetricType.Gauge;
      case 0x68: // h
      case 0x64: // d
        return MetricType.Distribution;
      case 0x73: // s
        return MetricType.Set;
      default:
        return undefined;
    }
  }
  return end - start === 2 && first === 0x6d && slab[start + 1] === 0x73 ? MetricType.Timer : undefined;
}

/** The same with white space around it, which statsd trims. Allocates. */
export function trimmedType(slab: Uint8Array, start: number, end: number): MetricType | undefined {
  const trimmed = new TextEncoder().encode(textOf(slab, start, end).trim());
  return exactType(trimmed, 0, trimmed.length);
}
