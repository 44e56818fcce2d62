import { MetricType } from '../../../lib/metric.js';
import { RawIndex } from '../../../lib/series/raw-index.js';

/** The raw index against the obvious way, a Map of decoded strings: nanoseconds a look-up, medians of five. */

const encoder = new TextEncoder();
const lookUps = 2_000_000;

function spellings(count: number): { slab: Uint8Array; starts: Uint32Array; ends: Uint32Array } {
  const texts = Array.from({ length: count }, (_, i) =>
    encoder.encode(`service${i % 97}.endpoint.${i}.latency`),
  );
  const slab = new Uint8Array(texts.reduce((sum, text) => sum + text.length, 0));
  const starts = new Uint32Array(count);
  const ends = new Uint32Array(count);
  let offset = 0;
  texts.forEach((text, i) => {
    slab.set(text, offset);
    starts[i] = offset;
    offset += text.length;
    ends[i] = offset;
  });
  return { slab, starts, ends };
}

function median(measure: () => number): number {
  return Array.from({ length: 5 }, measure).sort((a, b) => a - b)[2]!;
}

function perLookUp(lookUp: (i: number) => number | undefined, count: number): number {
  return median(() => {
    const began = performance.now();
    let found = 0;
    for (let i = 0, at = 0; i < lookUps; i++) {
      at = (at + 7919) % count;
      found += lookUp(at)! >= 0 ? 1 : 0;
    }
    if (found !== lookUps) throw new Error('a spelling was not found');
    return ((performance.now() - began) / lookUps) * 1e6;
  });
}

for (const count of [1_000, 100_000]) {
  const { slab, starts, ends } = spellings(count);
  const index = new RawIndex();
  const map = new Map<string, number>();
  const text = Buffer.from(slab.buffer);
  for (let i = 0; i < count; i++) {
    index.add(slab, starts[i]!, ends[i]!, 0, 0, MetricType.Counter, i);
    map.set(text.toString('latin1', starts[i], ends[i]), i);
  }
  const raw = perLookUp((i) => index.find(slab, starts[i]!, ends[i]!, 0, 0, MetricType.Counter), count);
  const strings = perLookUp((i) => map.get(text.toString('latin1', starts[i], ends[i])), count);
  console.log(
    `${count} names: raw index ${raw.toFixed(0)} ns, Map of strings ${strings.toFixed(0)} ns, ratio ${(strings / raw).toFixed(2)}`,
  );
}
