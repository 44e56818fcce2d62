import type { Printout } from '../printout.js';
import { type HighestRate, highestRate } from './highest-rate.js';
import { type Load, lostPercent, type Measured, measureOn, medianBy, warmUp } from './measure.js';
import { goodall, receiveOnly, type StartTarget, statsd, type Target } from './targets.js';

export interface Turns {
  /** Measurements of each server, of which the middle one is told. */
  readonly runs: number;
  /** Seconds of a measurement, and of the flush interval: each has one flush in it. */
  readonly seconds: number;
}

type Shape = Omit<Load, 'rate' | 'seconds'>;

interface Size {
  readonly title: string;
  readonly datagramBytes: number;
  /** Datagrams a second that statsd can take on a quiet machine; the others get 30,000. */
  readonly statsdRate: number;
}

const rate = 30_000;
const sizes: readonly Size[] = [
  { title: 'One line a datagram', datagramBytes: 0, statsdRate: 30_000 },
  { title: 'Datagrams of 512 bytes', datagramBytes: 512, statsdRate: 3000 },
  { title: 'Datagrams of 1,432 bytes', datagramBytes: 1432, statsdRate: 2000 },
];
const contents = [
  { names: 1000, tags: false },
  { names: 1000, tags: true },
  { names: 100_000, tags: false },
  { names: 100_000, tags: true },
];

interface Server {
  readonly name: string;
  readonly start: StartTarget;
  readonly rate: number;
  /** Whether the highest rate is looked for. */
  readonly isPushed: boolean;
}

const ours = goodall('goodall');
const portable = goodall('goodall, portable path', ['--no-probe', '--transport', 'dgram']);

/** Two counters to one gauge to one timer, in datagrams of every size, few and many names, without and with tags. */
export async function shapes(out: Printout, turns: Turns): Promise<void> {
  for (const { title, datagramBytes, statsdRate } of sizes) {
    await out.section(`### ${title}`, async () => {
      out.header(
        ...['names', 'tags', 'server', '>datagrams/s', '>lost', '>CPU ns a datagram', '>CPU ns a line'],
        ...['>times goodall', '>most datagrams/s without loss', '>lines/s', '>handled/s overdriven', '>MiB'],
      );
      for (const content of contents) {
        const isPlain = content === contents[0];
        const servers: Server[] = [
          { name: 'goodall', start: ours, rate, isPushed: true },
          { name: 'goodall, portable path', start: portable, rate: rate / 3, isPushed: false },
          // What is in a datagram is nothing to it.
          { name: 'receive-only', start: receiveOnly, rate, isPushed: isPlain },
          { name: 'statsd', start: statsd, rate: statsdRate, isPushed: true },
        ].filter(({ name }) => isPlain || !name.includes('portable'));
        await out.attempt(() => compare(out, { datagramBytes, ...content }, servers, turns));
      }
    });
  }
}

/** Where one shape at a high rate is what is asked for. */
export async function highRate(out: Printout, turns: Turns): Promise<void> {
  const shape = { datagramBytes: 1432, names: 1000, tags: false };
  await out.section('### 1,432 bytes, 1,000 names, 150,000 datagrams a second', async () => {
    out.header(
      ...['server', '>datagrams/s', '>lost', '>CPU ns a datagram', '>CPU ns a line', '>times goodall'],
    );
    const servers: Server[] = [
      { name: 'goodall', start: ours, rate: 150_000, isPushed: false },
      { name: 'receive-only', start: receiveOnly, rate: 150_000, isPushed: false },
      { name: 'statsd, at its rate', start: statsd, rate: 2000, isPushed: false },
    ];
    await withTargets(servers, turns, async (targets) => {
      const found = await inTurn(servers, targets, shape, turns);
      for (const [i, { name }] of servers.entries()) {
        out.row(name, ...cpuCells(found[i]!, found[0]!));
      }
    });
  });
}

async function compare(out: Printout, shape: Shape, servers: readonly Server[], turns: Turns): Promise<void> {
  await withTargets(servers, turns, async (targets) => {
    await Promise.all(
      targets.map((target, i) => warmUp(target, { ...shape, rate: 0, seconds: 1 }, servers[i]!.rate)),
    );
    const found = await together(servers, targets, shape, turns);
    for (const [i, { name, isPushed }] of servers.entries()) {
      const highest = isPushed ? await highestRate(targets[i]!, shape) : undefined;
      out.row(
        ...[shape.names, shape.tags ? 'yes' : 'no', name],
        ...cpuCells(found[i]!, found[0]!),
        ...highestCells(highest),
        found[i]!.residentMiB.toFixed(0),
      );
    }
  });
}

async function withTargets(
  servers: readonly Server[],
  { seconds }: Turns,
  body: (targets: readonly Target[]) => Promise<void>,
): Promise<void> {
  const started = await Promise.allSettled(servers.map(({ start }) => start(seconds * 1000)));
  const targets = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  try {
    for (const one of started) if (one.status === 'rejected') throw one.reason;
    await body(targets);
  } finally {
    await Promise.all(targets.map((target) => target.stop()));
  }
}

/** Measures all servers in the same seconds: what the machine does to one of them it does to the others. */
function together(
  servers: readonly Server[],
  targets: readonly Target[],
  shape: Shape,
  { runs, seconds }: Turns,
): Promise<readonly Measured[]> {
  return repeated(runs, () =>
    Promise.all(targets.map((target, i) => measureOn(target, { ...shape, rate: servers[i]!.rate, seconds }))),
  );
}

/** Measures one server after the other, where two would be more than the machine can do. */
function inTurn(
  servers: readonly Server[],
  targets: readonly Target[],
  shape: Shape,
  { runs, seconds }: Turns,
): Promise<readonly Measured[]> {
  return repeated(runs, async () => {
    const measured: Measured[] = [];
    for (const [i, target] of targets.entries()) {
      measured.push(await measureOn(target, { ...shape, rate: servers[i]!.rate, seconds }));
    }
    return measured;
  });
}

/** The median run of each server. */
async function repeated(
  runs: number,
  measure: () => Promise<readonly Measured[]>,
): Promise<readonly Measured[]> {
  const rounds: (readonly Measured[])[] = [];
  for (let round = 0; round < runs; round += 1) rounds.push(await measure());
  return medians(rounds);
}

function medians(rounds: readonly (readonly Measured[])[]): Measured[] {
  return rounds[0]!.map((_, i) =>
    medianBy(
      rounds.map((round) => round[i]!),
      (m) => m.cpuNanosPerLine,
    ),
  );
}

function cpuCells(m: Measured, base: Measured): string[] {
  const lost = lostPercent(m);
  return [
    m.sentPerSecond.toFixed(0),
    `${lost.toFixed(lost === 0 ? 0 : 2)} %`,
    m.cpuNanosPerDatagram.toFixed(0),
    m.cpuNanosPerLine.toFixed(0),
    (m.cpuNanosPerLine / base.cpuNanosPerLine).toFixed(2),
  ];
}

function highestCells(highest: HighestRate | undefined): string[] {
  if (highest === undefined) return ['', '', ''];
  const { lossless, overdriven } = highest;
  const handled = overdriven.handledPerSecond.toFixed(0);
  if (lossless === undefined) return ['none found', '', handled];
  const { sentPerSecond, linesPerDatagram } = lossless;
  return [sentPerSecond.toFixed(0), (sentPerSecond * linesPerDatagram).toFixed(0), handled];
}
