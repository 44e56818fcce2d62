import { linuxCpu, portableCpu } from './cpu.js';
import { linuxDiskIo, portableDiskIo } from './disk-io.js';
import { linuxDisks, portableDisks } from './disks.js';
import { loadSource } from './load.js';
import { memorySource } from './memory.js';
import { linuxNetwork, portableNetwork } from './network.js';
import { linuxProcesses, portableProcesses } from './processes.js';
import { type Source, systemRoots } from './reading.js';
import { linuxRemoteDisks } from './remote-disks.js';
import { linuxTemperatures, portableTemperatures } from './temperatures.js';
import { uptimeSource } from './uptime.js';

/** Everything the probe reads of the host it runs on. */
export function hostSources(platform: NodeJS.Platform = process.platform): Source[] {
  return [
    memorySource(),
    loadSource(platform),
    uptimeSource(),
    ...(platform === 'linux' ? linuxSources() : portableSources()),
  ];
}

function linuxSources(): Source[] {
  return [
    linuxCpu(systemRoots),
    linuxDisks(systemRoots),
    linuxRemoteDisks(systemRoots),
    linuxDiskIo(systemRoots),
    linuxNetwork(systemRoots),
    linuxProcesses(systemRoots),
    linuxTemperatures(systemRoots),
  ];
}

function portableSources(): Source[] {
  return [
    portableCpu(),
    portableDisks(),
    portableDiskIo(),
    portableNetwork(),
    portableProcesses(),
    portableTemperatures(),
  ];
}
