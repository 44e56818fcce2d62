import { expect } from 'chai';
import type { DistributionPartial, Partial } from '../../lib/aggregate/partial.js';
import { mergePartial } from '../../lib/aggregate/partial.js';
import { MetricType } from '../../lib/metric.js';
import type { SeriesNumbering } from '../../lib/series/numbering.js';
import type { Harvest } from './twins.js';

/** Expects the same of both: every count, every series, every aggregate. */
export function expectEqual(
  kernel: Harvest,
  plain: Harvest,
  keys: readonly [SeriesNumbering, SeriesNumbering],
): void {
  expect(kernel.lines, 'lines').to.equal(plain.lines);
  expect(kernel.unknownFields, 'unknown fields').to.equal(plain.unknownFields);
  expect(Object.fromEntries(kernel.counts)).to.deep.equal(Object.fromEntries(plain.counts));
  expect(kernel.events).to.deep.equal(plain.events);
  expect(kernel.checks).to.deep.equal(plain.checks);
  const mine = byKey(kernel, keys[0]);
  const others = byKey(plain, keys[1]);
  for (const [key, partial] of mine) {
    const other = others.get(key);
    if (other === undefined) expect.fail(`only the kernel has ${key}: ${JSON.stringify(partial)}`);
    const difference = differenceOf(partial, other);
    if (difference !== undefined) expect.fail(`${key} differs: ${difference}`);
  }
  for (const key of others.keys()) if (!mine.has(key)) expect.fail(`only the plain path has ${key}`);
}

function byKey({ points }: Harvest, keys: SeriesNumbering): Map<string, Partial> {
  const partials = new Map<string, Partial>();
  for (const { ref, partial } of points) {
    const { type, name, tags } = keys.keyOf(ref);
    const key = JSON.stringify([type, name, tags.map((tag) => `${tag.key}:${tag.value}`)]);
    const known = partials.get(key);
    if (known === undefined) partials.set(key, partial);
    else mergePartial(known, partial);
  }
  return partials;
}

/** The first thing that differs between two aggregates. */
export function differenceOf(a: Partial, b: Partial): string | undefined {
  if (a.type !== b.type) return `type ${a.type}, not ${b.type}`;
  if (a.type === MetricType.Set) {
    return a.members.encode().toString() === (b as typeof a).members.encode().toString()
      ? undefined
      : 'members';
  }
  for (const [field, value] of Object.entries(a)) {
    const other = (b as unknown as Record<string, unknown>)[field];
    if (field !== 'sketch' && !Object.is(value, other)) return `${field} ${value}, not ${other}`;
  }
  return 'sketch' in a ? sketchDifference(a, b as DistributionPartial) : undefined;
}

/** Bins must be the same; their weights may differ by the order of rounding, unless they are whole numbers. */
function sketchDifference(
  { sketch: a }: DistributionPartial,
  { sketch: b }: DistributionPartial,
): string | undefined {
  if (a.encode().toString() === b.encode().toString()) return undefined;
  const mine = [...a.bins()];
  const others = [...b.bins()];
  if (mine.length !== others.length) return `${mine.length} bins, not ${others.length}`;
  for (const [i, { low, weight }] of mine.entries()) {
    const other = others[i]!;
    if (low !== other.low) return `bin from ${low}, not ${other.low}`;
    if (!isNear(weight, other.weight)) return `bin from ${low} weighs ${weight}, not ${other.weight}`;
  }
  return isNear(a.collapsed, b.collapsed) ? undefined : `collapsed ${a.collapsed}, not ${b.collapsed}`;
}

function isNear(a: number, b: number): boolean {
  if (Number.isInteger(a) && Number.isInteger(b)) return a === b;
  return Math.abs(a - b) <= 1e-12 * Math.max(a, b);
}
