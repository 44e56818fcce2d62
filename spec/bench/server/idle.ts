import { cpuMicros, residentBytes } from './process-stats.js';
import { goodall } from './targets.js';

/** CPU and memory of a server with its probe that receives nothing else. */
export async function idle(seconds: number): Promise<{ cpuPercent: number; residentMiB: number }> {
  const target = await goodall('goodall', [])(10_000);
  try {
    // What starting up costs is not what idling costs.
    await new Promise((resolve) => setTimeout(resolve, 5000));
    const before = cpuMicros(target.pid);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const cpuPercent = (cpuMicros(target.pid) - before) / seconds / 1e4;
    return { cpuPercent, residentMiB: residentBytes(target.pid) / 2 ** 20 };
  } finally {
    await target.stop();
  }
}
