import type { Printout } from '../printout.js';
import { cpuMicros, residentBytes } from './process-stats.js';
import { goodall } from './targets.js';

/** What starting up costs is not what idling costs: V8 compiles and cleans up for some ten seconds. */
const settleSeconds = 20;

/** CPU and memory of a server with its probe that receives nothing else. */
export async function idle(out: Printout, seconds: number): Promise<void> {
  const target = await goodall('goodall', [])(10_000);
  try {
    await new Promise((resolve) => setTimeout(resolve, settleSeconds * 1000));
    const before = cpuMicros(target.pid);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const cpuPercent = (cpuMicros(target.pid) - before) / seconds / 1e4;
    const residentMiB = residentBytes(target.pid) / 2 ** 20;
    out.print(
      `${cpuPercent.toFixed(2)} % of a core over ${seconds} s, ${residentMiB.toFixed(0)} MiB resident.`,
    );
  } finally {
    await target.stop();
  }
}
