import { accessSync, chmodSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryFolder {
  readonly path: string;
  /** The path of a file in it. */
  file(name: string): string;
  /** Writes a file in it and gives its path. */
  write(name: string, text: string): string;
}

/** A new folder; `remove` takes it and what is in it away. */
export function makeTemporaryFolder(): TemporaryFolder & { remove(): void } {
  const path = mkdtempSync(join(root(), 'goodall-spec-'));
  const file = (name: string): string => join(path, name);
  return {
    path,
    file,
    write: (name, text) => {
      writeFileSync(file(name), text);
      return file(name);
    },
    remove: () => {
      // A spec may have taken the right to change it away.
      chmodSync(path, 0o700);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** A new empty folder for each spec of the surrounding `describe`, removed afterwards. Call it inside `describe`. */
export function temporaryFolder(): TemporaryFolder {
  let current: ReturnType<typeof makeTemporaryFolder>;
  beforeEach(() => {
    current = makeTemporaryFolder();
  });
  afterEach(() => current.remove());
  return {
    get path() {
      return current.path;
    },
    file: (name) => current.file(name),
    write: (name, text) => current.write(name, text),
  };
}

/** Memory where the system has it: every commit waits for the disk, and the specs make thousands. */
function root(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}
