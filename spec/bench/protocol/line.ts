import { cpus } from 'node:os';
import { type LineSink, walkDatagram } from '../../../lib/protocol/datagram.js';
import { dialects } from '../../../lib/protocol/dialect.js';
import { LineParser } from '../../../lib/protocol/line.js';

/** Prints what the plain parser takes for a line, in nanoseconds; the best of eleven runs. */

const name = (i: number): string => `service.${i % 40}.request.${i}`;
const mixes: Readonly<Record<string, (i: number) => string>> = {
  'counter, gauge, timer': (i) => `${name(i)}:${[`${i}|c`, `${i % 7}|c`, `${i}.5|g`, `${i}.25|ms`][i % 4]}`,
  'the same with tags': (i) => `${name(i)}:${i}|${['c', 'c', 'g', 'ms'][i % 4]}|#env:prod,host:web${i % 50}`,
  'timers with rate and tags': (i) => `${name(i)}:${i}.125|ms|@0.1|#env:prod`,
  'eight values packed': (i) => `${name(i)}:${new Array(8).fill(`${i}.5`).join(':')}|d|#env:prod`,
  sets: (i) => `${name(i)}:user-${i * 7919}|s`,
  'seventeen digits': (i) => `${name(i)}:${i + 0.1234567890123456}|ms`,
  'bad values': (i) => `${name(i)}:${i}x|c`,
};

const ignore: LineSink = { metric() {}, event() {}, check() {}, rejected() {} };
const lineCount = 1000;
const passes = 100;
const runs = 11;

function nanosecondsPerLine(parser: LineParser, slab: Uint8Array): number {
  const times = Array.from({ length: runs }, () => {
    const start = process.hrtime.bigint();
    for (let pass = 0; pass < passes; pass++) walkDatagram(parser, slab, 0, slab.length, 0, ignore);
    return Number(process.hrtime.bigint() - start) / (passes * lineCount);
  });
  return times.reduce((a, b) => Math.min(a, b));
}

console.log(`node ${process.version}, ${cpus()[0]?.model}`);
for (const [title, line] of Object.entries(mixes)) {
  const slab = Buffer.from(Array.from({ length: lineCount }, (_, i) => line(i)).join('\n'));
  const results = dialects.map((dialect) => {
    const ns = nanosecondsPerLine(new LineParser({ dialect, sanitizeNames: true }), slab);
    return `${dialect} ${ns.toFixed(0).padStart(4)}`;
  });
  console.log(
    `${title.padEnd(28)} ${(slab.length / lineCount).toFixed(0).padStart(3)} bytes  ${results.join('  ')} ns`,
  );
}
