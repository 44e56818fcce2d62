/** The cubic mapping against the logarithmic one it stands in for. Run: node dist/spec/bench/sketch/mapping.js */
import {
  CubicallyInterpolatedMapping,
  LogarithmicMapping,
} from '@datadog/sketches-js/dist/ddsketch/mapping/index.js';
import { CubicMapping } from '../../../lib/sketch/mapping.js';
import { samplesOf } from '../../sketch/distributions.js';
import { measure, printMachine } from './measure.js';

const size = 1 << 20;
const values = samplesOf('lognormal', size, 1);
const cubic = new CubicMapping(0.01);
const scale = 1 / Math.log1p(0.02 / 0.99);
const logarithmic = new LogarithmicMapping(0.01);
const rival = new CubicallyInterpolatedMapping(0.01);

// One loop for each: a shared one would call through a pointer, and measure that.
printMachine();
measure('key by cubic interpolation', size, () => {
  let sum = 0;
  for (let i = 0; i < size; i += 1) sum += cubic.key(values[i]!);
  return sum;
});
measure('key by Math.log', size, () => {
  let sum = 0;
  for (let i = 0; i < size; i += 1) sum += Math.floor(Math.log(values[i]!) * scale);
  return sum;
});
measure('key by @datadog/sketches-js, logarithmic', size, () => {
  let sum = 0;
  for (let i = 0; i < size; i += 1) sum += logarithmic.key(values[i]!);
  return sum;
});
measure('key by @datadog/sketches-js, cubic', size, () => {
  let sum = 0;
  for (let i = 0; i < size; i += 1) sum += rival.key(values[i]!);
  return sum;
});
measure('value of a key', size, () => {
  let sum = 0;
  for (let i = 0; i < size; i += 1) sum += cubic.representative(i & 511);
  return sum;
});
