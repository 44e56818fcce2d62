/**
 * What an interval of 100,000 live series costs: to turn to the other half, to read the sealed one (another thread
 * may do that), to release it.
 * Run: node dist/spec/bench/kernel/seal.js
 */
import { cpus } from 'node:os';
import { SealedReader } from '../../../lib/kernel/sealed.js';
import { KernelTwin } from '../../kernel/twins.js';

const seriesCount = 100_000;
const rounds = 7;

function median(figures: readonly number[]): string {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)]!.toFixed(2);
}

function measure(title: string, line: (i: number) => string): void {
  const twin = new KernelTwin({ dialect: 'goodall', slots: 64, slotBytes: 1432 });
  const { kernel } = twin;
  const seals: number[] = [];
  const reads: number[] = [];
  const releases: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < seriesCount; i += 1) twin.ingest([Buffer.from(line(i))], 0);
    const began = performance.now();
    const list = kernel.seal()!;
    const sealed = performance.now();
    let points = 0;
    for (const { ref } of new SealedReader(kernel.memory, {}).points(list)) points += ref >= 0 ? 1 : 0;
    const read = performance.now();
    while (kernel.release());
    seals.push(sealed - began);
    reads.push(read - sealed);
    releases.push(performance.now() - read);
    if (points !== seriesCount) throw new Error(`${points} points of ${seriesCount}`);
  }
  console.log(
    `${title.padEnd(34)} seal ${median(seals)}  read ${median(reads)}  release ${median(releases)}`,
  );
}

console.log(
  `${cpus()[0]!.model}, ${cpus().length} cores, Node ${process.version}; ms for ${seriesCount} series`,
);
measure('counters', (i) => `service.requests.h${i}:1|c`);
measure('gauges', (i) => `service.requests.h${i}:${i}|g`);
measure('timers of 10 samples', (i) => `service.requests.h${i}:1:2:3:4:5:6:7:8:9:${i}|ms`);
measure('sets of 1 member', (i) => `service.requests.h${i}:a|s`);
