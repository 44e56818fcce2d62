import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Roots } from '../../lib/probe/reading.js';

/** A folder with files as the kernel would show them, by path (`proc/stat`, `sys/block/sda`). */
export class KernelTree {
  private readonly folder = mkdtempSync(join(tmpdir(), 'goodall-kernel-'));

  constructor(files: Readonly<Record<string, string>>) {
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  get roots(): Roots {
    return { proc: this.path('proc'), sys: this.path('sys') };
  }

  path(path: string): string {
    return join(this.folder, path);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
  }

  makeExecutable(path: string): void {
    chmodSync(this.path(path), 0o755);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
