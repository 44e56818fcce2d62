import { spawnSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { makeTemporaryFolder } from '../support/temporary.js';

/** A small file system of its own: the way to a full disk, and to a read-only one, that works for root too. */
export interface Mount {
  readonly path: string;
  file(name: string): string;
  makeReadOnly(): void;
  makeWritable(): void;
}

/** Mounts one for each spec of the suite that calls this; skips the spec where the system does not let us mount. */
export function useMount(sizeBytes: number): Mount {
  let directory: ReturnType<typeof makeTemporaryFolder>;
  let mounted = false;
  beforeEach(function () {
    directory = makeTemporaryFolder();
    mounted = run('mount', '-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'goodall-spec', directory.path);
    if (!mounted) this.skip();
  });
  afterEach(() => {
    if (mounted) expectRun('umount', '--lazy', directory.path);
    directory.remove();
  });
  return {
    get path() {
      return directory.path;
    },
    file: (name) => join(directory.path, name),
    makeReadOnly: () => expectRun('mount', '-o', 'remount,ro', directory.path),
    makeWritable: () => expectRun('mount', '-o', 'remount,rw', directory.path),
  };
}

function run(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function expectRun(command: string, ...args: string[]): void {
  if (!run(command, ...args)) throw new Error(`${command} ${args.join(' ')} failed`);
}

/** A disk of its own with a file system that can break, and hang: an image in a file, behind a loop device. */
export interface Disk {
  file(name: string): string;
  /** As after an error of the medium: nothing can be written any more, by whoever has files open either. */
  breakDown(): void;
  /** What an administrator does then, first; fails as long as somebody has a file open. */
  unmount(): void;
  /** And then. */
  repair(): void;
  /** Every write waits, until `thaw`. */
  freeze(): void;
  thaw(): void;
}

/** Mounts one for each spec of the suite that calls this; skips the spec where the system does not let us. */
export function useDisk(sizeBytes: number): Disk {
  let directory: ReturnType<typeof makeTemporaryFolder>;
  let mounted = false;
  let frozen = false;
  const image = (): string => join(directory.path, 'image');
  const mountPoint = (): string => join(directory.path, 'disk');
  const mount = (): boolean =>
    run('mount', '-t', 'ext4', '-o', 'loop,errors=remount-ro', image(), mountPoint());
  beforeEach(function () {
    directory = makeTemporaryFolder();
    mkdirSync(mountPoint());
    writeFileSync(image(), '');
    truncateSync(image(), sizeBytes);
    mounted = run('mkfs.ext4', '-q', '-F', image()) && mount();
    if (!mounted) this.skip();
  });
  afterEach(() => {
    if (frozen) expectRun('fsfreeze', '--unfreeze', mountPoint());
    frozen = false;
    if (mounted) expectRun('umount', '--lazy', mountPoint());
    directory.remove();
  });
  return {
    file: (name) => join(mountPoint(), name),
    breakDown: () => {
      const device = spawnSync('findmnt', ['--noheadings', '--output', 'SOURCE', mountPoint()], {
        encoding: 'utf8',
      }).stdout.trim();
      writeFileSync(`/sys/fs/ext4/${basename(device)}/trigger_fs_error`, '1');
    },
    unmount: () => {
      expectRun('umount', mountPoint());
      mounted = false;
    },
    repair: () => {
      // 1: errors were corrected.
      const { status } = spawnSync('e2fsck', ['-f', '-y', image()], { stdio: 'ignore' });
      if (status !== 0 && status !== 1) throw new Error(`e2fsck ended with ${status}`);
      mounted = mount();
      if (!mounted) throw new Error('the repaired disk cannot be mounted');
    },
    freeze: () => {
      expectRun('fsfreeze', '--freeze', mountPoint());
      frozen = true;
    },
    thaw: () => {
      expectRun('fsfreeze', '--unfreeze', mountPoint());
      frozen = false;
    },
  };
}
