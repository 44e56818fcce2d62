import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '../../../lib/cli/report/command.js';
import type { Terminal } from '../../../lib/cli/report.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { flushesOf, type Sample } from '../../query/samples.js';

/** Keeps what a command writes. */
export class Paper implements Terminal {
  text = '';
  warnings = '';
  constructor(readonly width = 100) {}
  async write(text: string): Promise<boolean> {
    this.text += text;
    return true;
  }
  warn(line: string): void {
    this.warnings += line;
  }
}

export type Options = Readonly<Record<string, string | readonly string[] | boolean>>;

export interface Done {
  readonly code: number;
  readonly text: string;
  readonly warnings: string;
}

/** Runs a command as the program does once it has read its command line. */
export async function runCommand(
  command: Command,
  operands: readonly string[],
  options: Options,
  nowMs: number,
  width?: number,
): Promise<Done> {
  const paper = new Paper(width);
  const code = await command.run({ operands, options }, paper, nowMs);
  return { code, text: paper.text, warnings: paper.warnings };
}

/** A database as a server leaves it that ran over the given buckets of ten seconds. */
export async function database(
  path: string,
  samples: readonly Sample[],
  starts: readonly number[],
): Promise<void> {
  const store = await SqliteStore.open(path);
  for (const flush of flushesOf(samples, starts, { intervalMs: 10_000 })) await store.write(flush);
  await store.close();
}

/** A database that all specs of the surrounding `describe` read. Call it inside `describe`. */
export function sharedDatabase(
  samples: readonly Sample[],
  starts: readonly number[],
): { readonly path: string } {
  let folder = '';
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'goodall-'));
    await database(join(folder, 'goodall.db'), samples, starts);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  return {
    get path() {
      return join(folder, 'goodall.db');
    },
  };
}

/** Numbers from 0 up to, not including, 1 that are the same in every run (Park and Miller's generator). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
