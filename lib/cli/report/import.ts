import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { ExitCode, messageOf, UsageError } from '../../errors.js';
import { printable } from '../../report/text.js';
import { type Command, textOf, textOption } from './command.js';

export const command: Command = {
  name: 'import',
  operands: '[FILE]',
  description: [
    'Reads the lines that goodall-report export wrote, from a file or from standard input, into a database that',
    'does not exist yet. It appears under its name only when it is complete.',
  ],
  options: { db: textOption('database file to make', { offers: 'files' }) },
  examples: [
    ['--db copy.db goodall.jsonl', 'a database like the one exported'],
    ['--db copy2.db <(zcat goodall.jsonl.gz)', 'of a small one'],
  ],
  epilog: [
    'Exit codes: 0 made; 1 the file exists or cannot be made; 2 a line is not of an export; 64 wrong usage.',
  ],
  async run(flags, terminal) {
    const [file, ...more] = flags.operands;
    const database = textOf(flags, 'db');
    if (database === undefined || database === '' || more.length > 0) {
      throw new UsageError(
        'name the database to make, and one file at most: goodall-report import --db NEW [FILE]',
      );
    }
    const { importDatabase } = await import('../../storage/sqlite/import.js');
    const input = file === undefined ? process.stdin : await opened(file);
    await importDatabase(database, linesOf(input));
    await terminal.write(`${printable(database)} is made\n`);
    return ExitCode.Ok;
  },
};

async function opened(file: string): Promise<NodeJS.ReadableStream> {
  try {
    const handle = await open(file);
    if (!(await handle.stat()).isDirectory()) return handle.createReadStream();
    await handle.close();
  } catch (error) {
    throw unreadable(file, reasonOf(error as NodeJS.ErrnoException));
  }
  throw unreadable(file, 'it is a directory');
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'there is no such file';
  return error.code === 'EACCES' ? 'this user may not read it' : messageOf(error);
}

function unreadable(file: string, reason: string): UsageError {
  return new UsageError(
    `cannot read ${printable(file)}: ${reason}; give the file that goodall-report export wrote`,
  );
}

/** Begun when the first line is asked for: lines that come before somebody waits for them would be lost. */
async function* linesOf(input: NodeJS.ReadableStream): AsyncGenerator<string> {
  yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
}
