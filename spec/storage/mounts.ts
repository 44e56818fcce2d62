import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
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
