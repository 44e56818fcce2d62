import { readlinkSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileSystems } from './host.js';
import { kernelText } from './kernel-files.js';
import { byFileSystem, isLocalDisk, type Mount, parseMounts } from './mounts.js';
import type { Reading, Roots, Source } from './reading.js';
import { spaceReadings } from './space.js';

/** Used, free and total bytes of every file system on this host's disks. */
export function linuxDisks(roots: Roots): Source {
  return {
    name: 'disks',
    async read() {
      const mounts = parseMounts(kernelText(`${roots.proc}/self/mountinfo`)).filter(isLocalDisk);
      const readings: Reading[] = [];
      for (const group of byFileSystem(mounts)) {
        const mount = await firstFolder(group);
        if (mount !== undefined) readings.push(...(await readingsOf(mount, roots)));
      }
      return readings;
    },
  };
}

/** Containers have single files (`/etc/hosts`) mounted from the host's disk: no name for that disk. */
async function firstFolder(mounts: readonly Mount[]): Promise<Mount | undefined> {
  for (const mount of mounts) {
    const found = await stat(mount.point).catch(() => undefined);
    if (found?.isDirectory()) return mount;
  }
  return undefined;
}

async function readingsOf(mount: Mount, roots: Roots): Promise<Reading[]> {
  // One that went away since, or that may not be asked, is no reason to lose the others.
  const now = await statfs(mount.point).catch(() => undefined);
  if (now === undefined || now.blocks === 0) return [];
  return spaceReadings(
    deviceName(mount, roots),
    mount.point,
    (now.blocks - now.bfree) * now.bsize,
    now.bavail * now.bsize,
    now.blocks * now.bsize,
  );
}

/**
 * The kernel's name of the device, which disk-io's readings carry too; `/dev/root` and mapper names are
 * aliases.
 */
function deviceName(mount: Mount, { sys }: Roots): string {
  try {
    return basename(readlinkSync(`${sys}/dev/block/${mount.fileSystemId}`));
  } catch {
    return mount.source.replace(/^\/dev\//, '');
  }
}

/** Where systeminformation is the source. */
export function portableDisks(): Source {
  return {
    name: 'disks',
    async read() {
      const now = await fileSystems();
      return now
        .filter((disk) => disk.size > 0)
        .flatMap((disk) =>
          spaceReadings(disk.fs.replace(/^\/dev\//, ''), disk.mount, disk.used, disk.available, disk.size),
        );
    },
  };
}
