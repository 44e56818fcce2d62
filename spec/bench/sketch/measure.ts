import { cpus } from 'node:os';

const rounds = 9;

/** What the machine was: a figure without it says little. */
export function printMachine(): void {
  const models = cpus();
  console.log(`node ${process.version} ${process.arch}, ${models.length} x ${models[0]?.model ?? 'unknown'}`);
}

/**
 * Prints the best and the median CPU time of one operation. `run` does `operations` of them; it runs twice to warm up
 * and then nine times. CPU time, unlike time on the wall, hardly grows when others use the machine. What `run` returns
 * is kept alive, so that the work cannot be optimised away.
 */
export function measure(name: string, operations: number, run: () => unknown): void {
  sink = run();
  sink = run();
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = process.cpuUsage();
    sink = run();
    const { user, system } = process.cpuUsage(start);
    times.push(((user + system) * 1000) / operations);
  }
  times.sort((a, b) => a - b);
  const [best, median] = [times[0]!, times[rounds >> 1]!].map((ns) => ns.toFixed(1).padStart(8));
  console.log(`${name.padEnd(50)} best ${best} ns, median ${median} ns`);
}

/** The last result. */
export let sink: unknown;
