import { type Load, type Measured, measure, medianBy } from '../server/measure.js';
import { receiveOnly, type StartTarget } from '../server/targets.js';
import { deafNodes, goodallProxy, statsdProxy } from './targets.js';

/**
 * Goodall's proxy against statsd's and against a loop that only receives, in one run, taking turns: machines are shared
 * and noisy, so read the ratios. Three nodes that read nothing. Prints Markdown.
 *
 *     node dist/spec/bench/proxy/compare.js [--runs 3] [--seconds 2]
 */

const flag = (name: string, fallback: number) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const runs = flag('runs', 3);
const seconds = flag('seconds', 2);

const nodes = await deafNodes(3);
const ours = goodallProxy(nodes, 'goodall proxy');
const portable = goodallProxy(nodes, 'goodall proxy, portable path', ['--transport', 'dgram']);
const theirs = statsdProxy(nodes);

type Case = readonly [name: string, start: StartTarget, rate: number];

async function table(
  title: string,
  shape: Omit<Load, 'seconds' | 'rate'>,
  cases: readonly Case[],
): Promise<void> {
  const all = new Map<string, Measured[]>(cases.map(([name]) => [name, []]));
  for (let round = 0; round < runs; round++) {
    for (const [name, start, rate] of cases) {
      all.get(name)!.push(await measure(start, { ...shape, rate, seconds }, 10_000));
    }
  }
  const medians = [...all].map(([name, some]) => [name, medianBy(some, (m) => m.cpuNanosPerLine)] as const);
  const base = medians[0]![1].cpuNanosPerLine;
  console.log(`\n### ${title}\n`);
  console.log('| proxy | datagrams/s | lost | CPU ns a datagram | CPU ns a line | times goodall |');
  console.log('|---|--:|--:|--:|--:|--:|');
  for (const [name, m] of medians) {
    const lost = ((100 * m.dropped) / m.sent).toFixed(m.dropped === 0 ? 0 : 2);
    console.log(
      `| ${name} | ${Math.round(m.sentPerSecond)} | ${lost} % | ${m.cpuNanosPerDatagram.toFixed(0)} | ` +
        `${m.cpuNanosPerLine.toFixed(0)} | ${(m.cpuNanosPerLine / base).toFixed(2)} |`,
    );
  }
}

const oneLine = { datagramBytes: 0, names: 1000, tags: false };
const full = { datagramBytes: 1432, names: 1000, tags: false };

await table('One line a datagram, 1,000 names', oneLine, [
  ['goodall proxy', ours, 30_000],
  ['goodall proxy, portable path', portable, 10_000],
  ['receive-only', receiveOnly, 30_000],
  ["statsd's proxy", theirs, 10_000],
]);
await table('1,432-byte datagrams, 1,000 names', full, [
  ['goodall proxy', ours, 30_000],
  ['goodall proxy, portable path', portable, 3000],
  ['receive-only', receiveOnly, 30_000],
  ["statsd's proxy", theirs, 300],
]);
await table('1,432-byte datagrams, 50,000 names', { ...full, names: 50_000 }, [
  ['goodall proxy', ours, 30_000],
  ["statsd's proxy", theirs, 300],
]);
// The sockets that read nothing keep nobody.
process.exit(0);
