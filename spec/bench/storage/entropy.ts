import { parseArgs } from 'node:util';
import { MetricType } from '../../../lib/metric.js';
import { DaySeries, randomFrom } from './day.js';

/**
 * How few bytes a gauge's minute of day.ts could take at all: the entropy of (last, least, greatest, sum) of its values for one who
 * knows all that the generator knows before the minute (the level to all its digits, where it is drawn to, how far it steps), and
 * of the milliseconds of `last`. Nobody who has only the points knows as much, so no encoding is shorter on average. It is
 * counted over many minutes made up (plug-in estimate with Miller's and Madow's correction, which is still
 * below the truth where possible results are many), for steps of up to two units of the values' resolution; beyond that
 * each doubling adds what the last one did. What sums of fractions are off by in their last bits is left out.
 *
 *     node dist/spec/bench/storage/entropy.js [--minutes 500000] [--draws 5]
 */
const { values: options } = parseArgs({
  options: { minutes: { type: 'string', default: '500000' }, draws: { type: 'string', default: '5' } },
});
const minutes = Number(options.minutes);
const draws = Number(options.draws);
const random = randomFrom(1);
const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Bits of the minute's numbers, each given those before it, and of all. */
type Bits = readonly number[];

/** The walk of day.ts: seven of ten values are a step away, and are drawn back by a tenth. */
function entropyOf(valuesOfMinute: number, step: number): Bits {
  const total = [0, 0, 0, 0];
  for (let draw = 0; draw < draws; draw += 1) {
    const start = random() - 0.5;
    // How far off the walk is from what draws it, on average.
    const drawnTo = start + (normal() * step) / Math.sqrt(1 - 0.9 ** 2);
    const counts = total.map(() => new Map<number, number>());
    for (let i = 0; i < minutes; i += 1) count(counts, minuteOf(valuesOfMinute, step, start, drawnTo));
    for (const [i, counted] of counts.entries()) total[i]! += bitsOf(counted) / draws;
  }
  return total;
}

function minuteOf(values: number, step: number, start: number, drawnTo: number): readonly number[] {
  let level = start;
  let [last, min, max, sum] = [0, Infinity, -Infinity, 0];
  for (let i = 0; i < values; i += 1) {
    if (random() < 0.7) level += 0.1 * (drawnTo - level) + step * normal();
    last = Math.round(level);
    min = Math.min(min, last);
    max = Math.max(max, last);
    sum += last;
  }
  return [last, last - min, max - last, sum - values * last];
}

/** Numbers of a minute lie within a few hundred: so the first ones of them are one number. */
function count(counts: readonly Map<number, number>[], numbers: readonly number[]): void {
  let key = 0;
  for (const [i, counted] of counts.entries()) {
    key = key * (i === 3 ? 1 << 15 : 1 << 10) + numbers[i]! + (i === 3 ? 1 << 14 : 1 << 9);
    counted.set(key, (counted.get(key) ?? 0) + 1);
  }
}

function bitsOf(counted: ReadonlyMap<number, number>): number {
  let bits = ((counted.size - 1) / (2 * minutes)) * Math.LOG2E;
  for (const times of counted.values()) bits -= (times / minutes) * Math.log2(times / minutes);
  return bits;
}

const tables = new Map<string, Bits>();

/** Of a step of 2^exponent units. */
function tabled(values: number, exponent: number): Bits {
  const key = `${values} ${exponent}`;
  const found = tables.get(key) ?? entropyOf(values, 2 ** exponent);
  tables.set(key, found);
  return found;
}

function entropyAt(values: number, step: number): Bits {
  const exponent = Math.log2(step);
  const below = Math.max(-8, Math.min(0, Math.floor(exponent)));
  const [low, high] = [tabled(values, below), tabled(values, below + 1)];
  return low.map((bits, i) => Math.max(0, bits + (high[i]! - bits) * (exponent - below)));
}

const names = ['set once in 10 s', 'set every second', 'set at any time', 'fractions of a third'];
const sums = names.map(() => ({ points: 0, bits: [0, 0, 0, 0] }));
for (let index = 0; index < 1000; index += 1) {
  const series = new DaySeries(index);
  if (series.key.type !== MetricType.Gauge) continue;
  const { kind, stepUnits, share } = series.walkOf();
  const bits = entropyAt(kind === 1 ? 60 : 6, stepUnits);
  const sum = sums[kind]!;
  sum.points += share;
  for (const [i, all] of bits.entries()) sum.bits[i]! += share * (all - (bits[i - 1] ?? 0));
}
console.log('bits of a minute: last, least, greatest, sum, when; bytes of all');
let [points, bits] = [0, 0];
for (const [kind, sum] of sums.entries()) {
  // Any millisecond of ten seconds, or one of four.
  const each = [...sum.bits.map((all) => all / sum.points), kind === 2 ? Math.log2(10_000) : 2];
  const all = each.reduce((a, b) => a + b);
  points += sum.points;
  bits += all * sum.points;
  console.log(
    `${names[kind]!.padEnd(22)} ${each.map((one) => one.toFixed(2).padStart(6)).join('')} ${(all / 8).toFixed(2).padStart(6)}`,
  );
}
console.log(
  `${'a gauge on average'.padEnd(22)} ${''.padEnd(30)} ${(bits / points / 8).toFixed(2).padStart(6)}`,
);
