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
  examples: [['--db copy.db goodall.jsonl', 'a database like the one exported']],
  epilog: [
    'Exit codes: 0 made; 1 the file exists or cannot be made; 2 a line is not of an export; 64 wrong usage.',
  ],
  async run(flags, terminal) {
    const [file, ...more] = flags.operands;
    const database = textOf(flags, 'db');
    if (database === undefined || more.length > 0) {
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
    return (await open(file)).createReadStream();
  } catch (error) {
    throw new UsageError(`cannot read ${printable(file)}: ${messageOf(error)}`);
  }
}

/** Begun when the first line is asked for: lines that come before somebody waits for them would be lost. */
async function* linesOf(input: NodeJS.ReadableStream): AsyncGenerator<string> {
  yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
}
