import { processCounts } from './host.js';
import { kernelNames, kernelText } from './kernel-files.js';
import { level, type Roots, type Source } from './reading.js';

/** How many processes there are; how many threads run or wait for a processor, and how many wait for a disk. */
export function linuxProcesses({ proc }: Roots): Source {
  return {
    name: 'processes',
    async read() {
      const stat = kernelText(`${proc}/stat`);
      // 0.20 0.18 0.12 1/80 11206
      //                  ^ threads that exist
      const threads = Number(/\/(\d+) /.exec(kernelText(`${proc}/loadavg`))?.[1]);
      return [
        level('processes_total', kernelNames(proc).filter((name) => /^\d/.test(name)).length),
        level('processes_running', Number(/^procs_running (\d+)/m.exec(stat)?.[1])),
        level('processes_blocked', Number(/^procs_blocked (\d+)/m.exec(stat)?.[1])),
        level('threads_total', threads),
      ];
    },
  };
}

export function portableProcesses(): Source {
  return {
    name: 'processes',
    async read() {
      const now = await processCounts();
      return [
        level('processes_total', now.all),
        level('processes_running', now.running),
        level('processes_blocked', now.blocked),
      ];
    },
  };
}
