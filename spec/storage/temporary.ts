import { accessSync, chmodSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Memory where the system has it: every commit waits for the disk, and the specs make thousands. */
function root(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}

export interface TemporaryDirectory {
  readonly path: string;
  file(name: string): string;
}

/** A new directory; `remove` takes it and what is in it away. */
export function makeTemporaryDirectory(): TemporaryDirectory & { remove(): void } {
  const path = mkdtempSync(join(root(), 'goodall-spec-'));
  return {
    path,
    file: (name) => join(path, name),
    remove: () => {
      // A spec may have taken the right to change it away.
      chmodSync(path, 0o700);
      rmSync(path, { recursive: true });
    },
  };
}

/** Makes a directory for each spec of the suite that calls this, and removes it after the spec. */
export function useTemporaryDirectory(): TemporaryDirectory {
  let current: ReturnType<typeof makeTemporaryDirectory>;
  beforeEach(() => {
    current = makeTemporaryDirectory();
  });
  afterEach(() => current.remove());
  return {
    get path() {
      return current.path;
    },
    file: (name) => current.file(name),
  };
}
