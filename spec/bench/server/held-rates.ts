import type { Printout } from '../printout.js';
import { type Load, lostPercent, measure, medianBy } from './measure.js';
import type { Turns } from './shapes.js';
import { goodall } from './targets.js';

const flushIntervalMs = 10_000;
const start = goodall('goodall');

const loads: readonly (readonly [title: string, load: Load])[] = [
  [
    'one line a datagram, 500,000/s for 10 s',
    { datagramBytes: 0, names: 1000, tags: false, rate: 500_000, seconds: 10 },
  ],
  [
    '1,432 bytes, 10,000,000 lines/s for 5 s',
    { datagramBytes: 1432, names: 1000, tags: false, rate: 228_000, seconds: 5 },
  ],
  [
    '1,432 bytes, 100,000 names, 2,000,000 lines/s for 5 s',
    { datagramBytes: 1432, names: 100_000, tags: false, rate: 45_500, seconds: 5 },
  ],
  [
    'one line a datagram, 100,000 names, 200,000/s for 12 s',
    { datagramBytes: 0, names: 100_000, tags: false, rate: 200_000, seconds: 12 },
  ],
];

/** Rates that goodall is meant to hold, for as long as a flush interval where one is said. */
export async function heldRates(out: Printout, { runs }: Turns): Promise<void> {
  await out.section(
    `### Rates held, flush interval ${flushIntervalMs / 1000} s, ${runs === 1 ? 'one run' : `${runs} runs`}`,
    async () => {
      out.header('load', '>sent/s', '>handled/s', '>lines/s', '>lost, median run', '>lost, worst run');
      for (const [title, load] of loads) {
        await out.attempt(async () => {
          const measured = [];
          for (let run = 0; run < runs; run += 1) measured.push(await measure(start, load, flushIntervalMs));
          const m = medianBy(measured, lostPercent);
          out.row(
            ...[title, m.sentPerSecond.toFixed(0), m.handledPerSecond.toFixed(0)],
            (m.handledPerSecond * m.linesPerDatagram).toFixed(0),
            ...[lostPercent(m), Math.max(...measured.map(lostPercent))].map((lost) => `${lost.toFixed(3)} %`),
          );
        });
      }
    },
  );
}
