import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of files that lives as long as the suite it is made in. Call it inside `describe`. */
export function temporaryFiles(): { path(name: string): string; write(name: string, text: string): string } {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'goodall-config-'));
  });
  after(() => rmSync(folder, { recursive: true }));
  const path = (name: string): string => join(folder, name);
  return {
    path,
    write(name, text) {
      writeFileSync(path(name), text);
      return path(name);
    },
  };
}
