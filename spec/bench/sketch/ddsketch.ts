/**
 * DDSketch against @datadog/sketches-js, whose encoding needs protobufjs and is left out.
 * Run: node dist/spec/bench/sketch/ddsketch.js
 */
import * as rival from '@datadog/sketches-js';
import { DDSketch } from '../../../lib/sketch/ddsketch.js';
import { samplesOf } from '../../sketch/distributions.js';
import { measure, printMachine } from './measure.js';

const values = samplesOf('lognormal', 1 << 17, 1);
const weights = new Float64Array(values.length).fill(10);

function ours(start: number, end: number): DDSketch {
  const sketch = new DDSketch();
  sketch.addAll(values, undefined, start, end);
  return sketch;
}

function oneByOne(start: number, end: number): DDSketch {
  const sketch = new DDSketch();
  for (let i = start; i < end; i += 1) sketch.add(values[i]!);
  return sketch;
}

function theirs(start: number, end: number): rival.DDSketch {
  const sketch = new rival.DDSketch();
  for (let i = start; i < end; i += 1) sketch.accept(values[i]!);
  return sketch;
}

/** Sketches of consecutive runs of samples. */
function slices<T>(size: number, make: (start: number, end: number) => T): T[] {
  const made: T[] = [];
  for (let start = 0; start + size <= values.length; start += size) made.push(make(start, start + size));
  return made;
}

function mergeOurs(parts: readonly DDSketch[]): DDSketch {
  const into = new DDSketch();
  for (const part of parts) into.merge(part);
  return into;
}

function mergeTheirs(parts: readonly rival.DDSketch[]): rival.DDSketch {
  const into = new rival.DDSketch();
  for (const part of parts) into.merge(part);
  return into;
}

/** What a tier of 1 m does with one of 10 s. */
function rollUp(encoded: readonly Uint8Array[]): Uint8Array[] {
  const rolled: Uint8Array[] = [];
  for (let i = 0; i + 6 <= encoded.length; i += 6) {
    rolled.push(mergeOurs(encoded.slice(i, i + 6).map((bytes) => DDSketch.decode(bytes))).encode());
  }
  return rolled;
}

printMachine();
console.log('-- a sample');
measure('add to one sketch, ours', values.length, () => ours(0, values.length));
measure('add to one sketch, sketches-js', values.length, () => theirs(0, values.length));
measure('add with weights, ours', values.length, () => {
  const sketch = new DDSketch();
  sketch.addAll(values, weights);
  return sketch;
});
for (const size of [10, 50, 1024]) {
  measure(`add to new sketches of ${size}, ours`, values.length, () => slices(size, ours));
  measure(`the same, one by one`, values.length, () => slices(size, oneByOne));
  if (size > 10)
    measure(`add to new sketches of ${size}, sketches-js`, values.length, () => slices(size, theirs));
}
for (const size of [50, 1024]) {
  const own = slices(size, ours);
  const others = slices(size, theirs);
  console.log(`-- a sketch of ${size} samples`);
  measure('merge into one, ours', own.length, () => mergeOurs(own));
  measure('merge into one, sketches-js', own.length, () => mergeTheirs(others));
  const bytes = own.map((sketch) => sketch.encode());
  measure('encode, ours', own.length, () => own.map((sketch) => sketch.encode()));
  measure('decode, ours', own.length, () => bytes.map((encoded) => DDSketch.decode(encoded)));
  measure('decode, merge by sixes and encode, ours', own.length, () => rollUp(bytes));
  measure('quantile 0.99, ours', own.length, () => own.map((sketch) => sketch.quantile(0.99)));
  measure('quantile 0.99, sketches-js', own.length, () =>
    others.map((sketch) => sketch.getValueAtQuantile(0.99)),
  );
  const mean = (all: Uint8Array[]): string =>
    (all.reduce((sum, { length }) => sum + length, 0) / all.length).toFixed(1);
  console.log(`mean size of an encoding: ${mean(bytes)} bytes`);
}
