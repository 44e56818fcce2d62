import { idle } from './idle.js';
import { type Load, type Measured, measure, medianBy } from './measure.js';
import { bytesPerSeries, counterSeries, timerSeries } from './memory.js';
import { goodall, receiveOnly, type StartTarget, statsd } from './targets.js';

/**
 * Goodall against the `statsd` package and against a loop that only receives, in one run, taking turns: machines are
 * shared and noisy, so read the ratios. Prints Markdown.
 *
 *     node dist/spec/bench/server/compare.js [--runs 5] [--seconds 4]
 */

const flushIntervalMs = 10_000;
const flag = (name: string, fallback: number) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const runs = flag('runs', 5);
const seconds = flag('seconds', 4);

const ours = goodall('goodall');
const portable = goodall('goodall, portable path', ['--no-probe', '--transport', 'dgram']);

const oneLine = { datagramBytes: 0, names: 1000, tags: false };
const full = { datagramBytes: 1432, names: 1000, tags: false };

/** Every target at its rate, `runs` times in turn; the medians by CPU a line. */
async function inTurn(
  cases: readonly (readonly [name: string, start: StartTarget, load: Omit<Load, 'seconds'>])[],
): Promise<Map<string, Measured>> {
  const all = new Map<string, Measured[]>(cases.map(([name]) => [name, []]));
  for (let round = 0; round < runs; round++) {
    for (const [name, start, load] of cases) {
      all.get(name)!.push(await measure(start, { ...load, seconds }, flushIntervalMs));
    }
  }
  return new Map([...all].map(([name, measured]) => [name, medianBy(measured, (m) => m.cpuNanosPerLine)]));
}

function printCpu(title: string, medians: ReadonlyMap<string, Measured>): void {
  const base = medians.get('goodall')!.cpuNanosPerLine;
  console.log(`\n### ${title}\n`);
  console.log(
    '| server | datagrams/s | lost | CPU ns a datagram | CPU ns a line | times goodall | resident MiB |',
  );
  console.log('|---|--:|--:|--:|--:|--:|--:|');
  for (const [name, m] of medians) {
    const lost = ((100 * m.dropped) / m.sent).toFixed(m.dropped === 0 ? 0 : 2);
    console.log(
      `| ${name} | ${Math.round(m.sentPerSecond)} | ${lost} % | ${m.cpuNanosPerDatagram.toFixed(0)} | ` +
        `${m.cpuNanosPerLine.toFixed(0)} | ${(m.cpuNanosPerLine / base).toFixed(2)} | ${m.residentMiB.toFixed(0)} |`,
    );
  }
}

async function printThroughput(
  title: string,
  load: Omit<Load, 'seconds'>,
  forSeconds = seconds,
): Promise<void> {
  const measured: Measured[] = [];
  for (let round = 0; round < runs; round++)
    measured.push(await measure(ours, { ...load, seconds: forSeconds }, flushIntervalMs));
  const m = medianBy(measured, (one) => one.handledPerSecond);
  const worst = Math.max(...measured.map(({ dropped, sent }) => (100 * dropped) / sent));
  console.log(
    `| ${title} | ${Math.round(m.sentPerSecond)} | ${Math.round(m.handledPerSecond)} | ` +
      `${Math.round(m.handledPerSecond * m.linesPerDatagram)} | ${((100 * m.dropped) / m.sent).toFixed(3)} % | ${worst.toFixed(3)} % |`,
  );
}

printCpu(
  'One line a datagram, 30,000 datagrams a second, 1,000 names',
  await inTurn([
    ['goodall', ours, { ...oneLine, rate: 30_000 }],
    ['goodall, portable path', portable, { ...oneLine, rate: 30_000 }],
    ['receive-only', receiveOnly, { ...oneLine, rate: 30_000 }],
    ['statsd', statsd, { ...oneLine, rate: 30_000 }],
  ]),
);
printCpu(
  '1,432-byte datagrams, 1,000 names, 30,000 datagrams a second (statsd at the rate it can take)',
  await inTurn([
    ['goodall', ours, { ...full, rate: 30_000 }],
    ['goodall, portable path', portable, { ...full, rate: 10_000 }],
    ['receive-only', receiveOnly, { ...full, rate: 30_000 }],
    ['statsd', statsd, { ...full, rate: 3000 }],
  ]),
);
printCpu(
  '1,432-byte datagrams, 1,000 names, 150,000 datagrams a second',
  await inTurn([
    ['goodall', ours, { ...full, rate: 150_000 }],
    ['receive-only', receiveOnly, { ...full, rate: 150_000 }],
    ['statsd', statsd, { ...full, rate: 3000 }],
  ]),
);
printCpu(
  '512-byte datagrams, 100,000 names, tags',
  await inTurn([
    ['goodall', ours, { datagramBytes: 512, names: 100_000, tags: true, rate: 30_000 }],
    ['statsd', statsd, { datagramBytes: 512, names: 100_000, tags: true, rate: 5000 }],
  ]),
);

console.log('\n### How much goodall takes, flushes included\n');
console.log('| load | sent/s | handled/s | lines/s | lost, median run | lost, worst run |');
console.log('|---|--:|--:|--:|--:|--:|');
await printThroughput('one line a datagram, 500,000/s for 10 s', { ...oneLine, rate: 500_000 }, 10);
await printThroughput('one line a datagram, flat out', { ...oneLine, rate: 0 });
await printThroughput('1,432 bytes, 10,000,000 lines/s', { ...full, rate: 228_000 });
await printThroughput('1,432 bytes, flat out', { ...full, rate: 0 });
await printThroughput('1,432 bytes, 100,000 names, 2,000,000 lines/s', {
  ...full,
  names: 100_000,
  rate: 45_500,
});
await printThroughput(
  'one line a datagram, 100,000 names, 200,000/s for 12 s',
  { ...oneLine, names: 100_000, rate: 200_000 },
  12,
);

console.log('\n### Memory for a live series with a 30-byte name, bytes\n');
console.log('| series | goodall | statsd |');
console.log('|---|--:|--:|');
for (const kind of [counterSeries, timerSeries]) {
  for (const [state, intervalMs] of [
    ['collected', 3_600_000],
    ['collected and flushed', 5000],
  ] as const) {
    const own = await bytesPerSeries(ours, kind, 200_000, intervalMs);
    const theirs = await bytesPerSeries(statsd, kind, 100_000, intervalMs);
    console.log(`| ${kind.name}, ${state} | ${own.toFixed(0)} | ${theirs.toFixed(0)} |`);
  }
}

const { cpuPercent, residentMiB } = await idle(30);
console.log('\n### An idle server with its probe\n');
console.log(`${cpuPercent.toFixed(2)} % of a core, ${residentMiB.toFixed(0)} MiB resident.`);
