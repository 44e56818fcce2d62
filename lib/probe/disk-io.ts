import { diskTransfers, fileSystemBytes } from './host.js';
import { kernelNames, kernelText } from './kernel-files.js';
import { type Reading, type Roots, type Source, total } from './reading.js';

/**
 * The kernel counts in sectors of this size whatever the device's own is (Documentation/admin-guide/iostats).
 */
const sectorBytes = 512;

// Windows of files and memory, not disks; a machine with snaps has dozens of loops.
const notDisks = /^(loop|ram|zram|fd)\d/;

/**
 * Transfers of every whole disk, logical volume and array; partitions are left out, since their disk has them.
 * `disk_busy_ms` is the time with at least one transfer under way.
 */
export function linuxDiskIo({ proc, sys }: Roots): Source {
  return {
    name: 'disk-io',
    async read() {
      const names = kernelNames(`${sys}/block`).map((name) => name.replaceAll('!', '/'));
      const whole = new Set(names.filter((name) => !notDisks.test(name)));
      return kernelText(`${proc}/diskstats`)
        .split('\n')
        .flatMap((line) => readingsOf(line, whole));
    },
  };
}

/** All disks together: what systeminformation tells of other systems. */
export function portableDiskIo(): Source {
  return {
    name: 'disk-io',
    async read() {
      const [transfers, bytes] = await Promise.all([diskTransfers(), fileSystemBytes()]);
      const readings: Reading[] = [];
      if (transfers !== null) {
        readings.push(total('disk_reads', transfers.rIO), total('disk_writes', transfers.wIO));
      }
      if (bytes !== null) {
        readings.push(total('disk_read_bytes', bytes.rx), total('disk_write_bytes', bytes.wx));
      }
      return readings;
    },
  };
}

function readingsOf(line: string, whole: ReadonlySet<string>): Reading[] {
  // 254 0 vda 22880 6210 2512706 17923 2571 16714 1779688 7826 0 4420 27464
  //       ^2  ^3 reads   ^5 sectors    ^7 writes  ^9 sectors     ^12 ms with a transfer under way
  const fields = line.trim().split(/\s+/);
  const device = fields[2];
  if (device === undefined || !whole.has(device)) return [];
  const tags = [{ key: 'device', value: device }];
  const at = (i: number) => Number(fields[i]);
  return [
    total('disk_reads', at(3), tags),
    total('disk_read_bytes', at(5) * sectorBytes, tags),
    total('disk_writes', at(7), tags),
    total('disk_write_bytes', at(9) * sectorBytes, tags),
    total('disk_busy_ms', at(12), tags),
  ];
}
