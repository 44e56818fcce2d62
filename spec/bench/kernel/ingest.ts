/**
 * The kernel against its plain twin: nanoseconds a line, from datagrams in slots to accumulators. Two counters to
 * one gauge to one timer. Batches of 64 datagrams; receiving them is not measured.
 * Run: node dist/spec/bench/kernel/ingest.js [seconds a figure]
 */
import { cpus } from 'node:os';
import { KernelTwin, PlainTwin } from '../../kernel/twins.js';
import { Random } from '../../support/mutated-datagrams.js';

const batchDatagrams = 64;
const seconds = Number(process.argv[2] ?? 3);

interface Shape {
  readonly names: number;
  readonly tags: string;
  /** Digits behind the point of gauges and timers. */
  readonly digits: number;
  /** Datagrams hold as many lines as fit into so many bytes, or one line. */
  readonly datagramBytes: number;
}

const threeTags = '|#env:prod,service:web,host:i-0123';
const shapes: readonly Shape[] = [
  { names: 1000, tags: '', digits: 0, datagramBytes: 1432 },
  { names: 1000, tags: '', digits: 3, datagramBytes: 1432 },
  { names: 1000, tags: threeTags, digits: 0, datagramBytes: 1432 },
  { names: 1000, tags: '', digits: 0, datagramBytes: 512 },
  { names: 1000, tags: '', digits: 0, datagramBytes: 1 },
  { names: 35_000, tags: '', digits: 0, datagramBytes: 1432 },
  { names: 100_000, tags: '', digits: 0, datagramBytes: 1432 },
  { names: 100_000, tags: threeTags, digits: 0, datagramBytes: 1432 },
];

interface Batch {
  readonly datagrams: readonly Buffer[];
  readonly lines: number;
}

function batchesOf({ names, tags, digits, datagramBytes }: Shape): Batch[] {
  const random = new Random(names);
  const count = Math.max(16, Math.ceil((names * 6 * 35) / (batchDatagrams * Math.max(35, datagramBytes))));
  const line = (): string => {
    const i = random.below(names);
    const name = `service.requests.h${String(i).padStart(6, '0')}`;
    const value = (random.below(1e6) / 1000).toFixed(digits);
    return `${name}:${[`1|c`, '1|c', `${value}|g`, `${value}|ms`][i % 4]}${tags}\n`;
  };
  return Array.from({ length: count }, () => {
    let lines = 0;
    const datagrams = Array.from({ length: batchDatagrams }, () => {
      let text = '';
      let next = line();
      do {
        text += next;
        lines += 1;
        next = line();
      } while (text.length + next.length <= datagramBytes);
      return Buffer.from(text);
    });
    return { datagrams, lines };
  });
}

/** Runs batches for a while, an interval of 400 at a time, and returns nanoseconds a line: the fastest tenth and the median. */
function measure(
  batches: readonly Batch[],
  prepare: (batch: Batch) => void,
  ingest: (batch: Batch) => void,
  seal: () => void,
): string {
  const figures: number[] = [];
  const warmUp = batches.length + 50;
  const end = performance.now() + seconds * 1000;
  for (let i = 0; i < warmUp + 10 || performance.now() < end; i += 1) {
    const batch = batches[i % batches.length]!;
    if (i % 400 === 399) seal();
    prepare(batch);
    const began = performance.now();
    ingest(batch);
    if (i >= warmUp) figures.push(((performance.now() - began) * 1e6) / batch.lines);
  }
  figures.sort((a, b) => a - b);
  const at = (share: number): string => figures[Math.floor(figures.length * share)]!.toFixed(0).padStart(5);
  return `${at(0.1)} ${at(0.5)}`;
}

function measureKernel(batches: readonly Batch[]): string {
  const twin = new KernelTwin({ dialect: 'goodall', slots: batchDatagrams, slotBytes: 1432 });
  const { kernel } = twin;
  return measure(
    batches,
    ({ datagrams }) => {
      for (const [slot, datagram] of datagrams.entries()) twin.slots.put(slot, datagram);
    },
    () => kernel.ingest(batchDatagrams, 0, twin),
    () => {
      kernel.seal();
      while (kernel.release());
    },
  );
}

function measurePlain(batches: readonly Batch[]): string {
  const twin = new PlainTwin({ dialect: 'goodall' });
  return measure(
    batches,
    () => {},
    ({ datagrams }) => twin.ingest(datagrams, 0),
    () => twin.seal(),
  );
}

console.log(
  `${cpus()[0]!.model}, ${cpus().length} cores, Node ${process.version}, ${process.platform} ${process.arch}`,
);
console.log(`${'ns a line: fastest tenth of the batches, median'.padEnd(58)}  kernel       plain`);
for (const shape of shapes) {
  const batches = batchesOf(shape);
  const { names, tags, digits, datagramBytes } = shape;
  const size = datagramBytes === 1 ? 'one line' : `${datagramBytes} bytes`;
  const title = `${names} names, ${tags === '' ? 'no' : '3'} tags, values of ${digits} decimals, ${size}`;
  console.log(`${title.padEnd(56)} ${measureKernel(batches)}  ${measurePlain(batches)}`);
}
