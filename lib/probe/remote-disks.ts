import { execFile } from 'node:child_process';
import type { Socket } from 'node:net';
import { kernelText } from './kernel-files.js';
import { byFileSystem, isRemote, type Mount, parseMounts } from './mounts.js';
import type { Reading, Roots, Source } from './reading.js';
import { spaceReadings } from './space.js';

/** Shorter than a source may take, so that one dead server does not cost the others' figures. */
const timeoutMs = 3000;

/**
 * Used, free and total bytes of every network and user-space file system. `df` asks, in a process of its own:
 * when the server is gone the question hangs, and a thread of this process that hangs in it cannot be ended,
 * not even by `process.exit`, which waits for it.
 */
export function linuxRemoteDisks({ proc }: Roots): Source {
  return {
    name: 'remote-disks',
    async read() {
      const mounts = parseMounts(kernelText(`${proc}/self/mountinfo`)).filter(isRemote);
      const readings = await Promise.all(byFileSystem(mounts).map(([mount]) => readingsOf(mount!)));
      return readings.flat();
    },
  };
}

async function readingsOf(mount: Mount): Promise<Reading[]> {
  // Filesystem 1024-blocks Used Available Capacity Mounted on
  // filer:/home  10485760 5242880 5242880      50% /mnt/my disk
  const [, all, used, free] = / (\d+) +(\d+) +(\d+) +(?:\d+%|-) +\//.exec(await dfOf(mount.point)) ?? [];
  if (all === undefined || all === '0') return [];
  return spaceReadings(
    mount.source,
    mount.point,
    Number(used) * 1024,
    Number(free) * 1024,
    Number(all) * 1024,
  );
}

/** What POSIX df says of a mount; nothing when it fails or is too late. Rejects only when there is no df. */
function dfOf(point: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      env: { ...process.env, LC_ALL: 'C' },
    } as const;
    const child = execFile('df', ['-Pk', '--', point], options, (error, stdout) => {
      if ((error as NodeJS.ErrnoException | null)?.code === 'ENOENT') reject(error);
      else resolve(stdout);
    });
    // One that cannot even be killed must not keep this process from ending.
    for (const part of [child, child.stdout as Socket, child.stderr as Socket]) part.unref();
  });
}
