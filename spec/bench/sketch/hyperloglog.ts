/** HyperLogLog and its hash. Run: node dist/spec/bench/sketch/hyperloglog.js */
import { murmur3x86128 } from '../../../lib/sketch/hash.js';
import { HyperLogLog } from '../../../lib/sketch/hyperloglog.js';
import { measure, printMachine } from './measure.js';

const size = 1 << 17;
const width = 16;
/** Members as `user-0000012345`, one after another. */
const members = new TextEncoder().encode(
  Array.from({ length: size }, (_, i) => `user-${String(i).padStart(width - 5, '0')}`).join(''),
);

function sketchOf(from: number, to: number): HyperLogLog {
  const sketch = new HyperLogLog();
  for (let i = from; i < to; i += 1) sketch.add(members, i * width, (i + 1) * width);
  return sketch;
}

printMachine();
console.log('-- a member of 16 bytes');
measure('hash', size, () => {
  const out = new Uint32Array(4);
  for (let i = 0; i < size; i += 1) murmur3x86128(members, i * width, (i + 1) * width, 0, out);
  return out;
});
measure('add to one sketch', size, () => sketchOf(0, size));
measure('add to new sketches of 1,000', size, () => {
  const made: HyperLogLog[] = [];
  for (let from = 0; from + 1000 <= size; from += 1000) made.push(sketchOf(from, from + 1000));
  return made;
});
measure('add to a Set as strings, for comparison', size, () => {
  const set = new Set<string>();
  const decoder = new TextDecoder();
  for (let i = 0; i < size; i += 1) set.add(decoder.decode(members.subarray(i * width, (i + 1) * width)));
  return set;
});
for (const count of [10, 1000, 5000, 100_000]) {
  const sketch = sketchOf(0, count);
  const bytes = sketch.encode();
  const rounds = count > 100 ? 200 : 20_000;
  const repeat = (work: () => unknown): unknown => {
    let last: unknown;
    for (let i = 0; i < rounds; i += 1) last = work();
    return last;
  };
  console.log(`-- a sketch of ${count} members, ${bytes.length} bytes`);
  const into = sketchOf(0, count);
  measure('merge', rounds, () => repeat(() => into.merge(sketch)));
  measure('estimate', rounds, () => repeat(() => sketch.estimate()));
  measure('encode', rounds, () => repeat(() => sketch.encode()));
  measure('decode', rounds, () => repeat(() => HyperLogLog.decode(bytes)));
}
