import { cpuShares } from './host.js';
import { kernelText } from './kernel-files.js';
import { level, type Reading, type Roots, type Source } from './reading.js';

// cpu  100 20 50 900 30 0 5 2 10 0
//      ^ ticks since boot, in the order of this list (proc(5)); older kernels stop earlier
const states = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal', 'guest'] as const;
type State = (typeof states)[number];
type Ticks = Readonly<Record<State, number>>;

/**
 * Shares of all processors' time since the reading before, in percent: one for each state, adding up to 100,
 * and `cpu_used_percent`, which is all but idle and iowait. The first reading has only `cpu_count`.
 */
export function linuxCpu({ proc }: Roots): Source {
  let before: Ticks | undefined;
  return {
    name: 'cpu',
    async read() {
      const text = kernelText(`${proc}/stat`);
      const now = parseTicks(text);
      const shares = before === undefined ? [] : sharesBetween(before, now);
      before = now;
      return [level('cpu_count', text.match(/^cpu\d+ /gm)?.length ?? 0), ...shares];
    },
  };
}

/** Where systeminformation is the source: it keeps the reading before itself. */
export function portableCpu(): Source {
  return {
    name: 'cpu',
    async read() {
      const now = await cpuShares();
      return [
        level('cpu_count', now.cpus.length),
        percent('used', now.currentLoad),
        percent('user', now.currentLoadUser),
        percent('nice', now.currentLoadNice),
        percent('system', now.currentLoadSystem),
        percent('irq', now.currentLoadIrq),
        percent('idle', now.currentLoadIdle),
      ];
    },
  };
}

function parseTicks(text: string): Ticks {
  const line = /^cpu +(.*)$/m.exec(text)?.[1];
  if (line === undefined) throw new Error('/proc/stat has no line for all processors');
  const fields = line.split(' ').map(Number);
  const at = (i: number) => fields[i] ?? 0;
  const ticks = Object.fromEntries(states.map((state, i) => [state, at(i)])) as Record<State, number>;
  // The kernel counts guests' time a second time under user and nice.
  ticks.user -= at(8);
  ticks.nice -= at(9);
  ticks.guest += at(9);
  return ticks;
}

function sharesBetween(before: Ticks, now: Ticks): Reading[] {
  // iowait may go back a little, and everything does when processors leave: such a state counts as unchanged.
  const spent = states.map((state) => Math.max(0, now[state] - before[state]));
  const all = spent.reduce((a, b) => a + b, 0);
  if (all === 0) return [];
  const readings = states.map((state, i) => percent(state, (100 * spent[i]!) / all));
  const unused = (spent[states.indexOf('idle')]! + spent[states.indexOf('iowait')]!) / all;
  return [percent('used', 100 * (1 - unused)), ...readings];
}

/** Three decimals are more than the kernel's ticks can tell, and short on the wire. */
function percent(state: string, value: number): Reading {
  return level(`cpu_${state}_percent`, Math.round(value * 1000) / 1000);
}
