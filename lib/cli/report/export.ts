import { ExitCode, UsageError } from '../../errors.js';
import { LineWriter } from '../write-lines.js';
import { type Command, databaseOf, textOption } from './command.js';

export const command: Command = {
  name: 'export',
  operands: '',
  description: [
    'Writes all that the database holds at this moment to standard output, a row a line: the columns that',
    'lib/docs/storage-format.md explains. A server goes on meanwhile. goodall-report import reads it.',
  ],
  options: { db: textOption('database file [default: goodall.db]', { offers: 'files' }) },
  examples: [
    ['> goodall.jsonl', 'a copy for other programs, and for import'],
    ['| gzip > goodall.jsonl.gz', 'a small one'],
  ],
  epilog: ['Exit codes: 0 written; 1 the database cannot be opened; 64 wrong usage.'],
  async run(flags, terminal) {
    if (flags.operands.length > 0) throw new UsageError('export takes no pattern: it writes everything');
    const database = databaseOf(flags);
    // Only now: help and wrong usage must not wait for SQLite to load.
    const { exportDatabase } = await import('../../storage/sqlite/export.js');
    const writer = new LineWriter(terminal, '\n');
    let isRead = true;
    const exporting = exportDatabase(database, async (line) => {
      isRead = (await writer.add(line)) ?? true;
      if (!isRead) throw new Error('nobody reads on');
    });
    await exporting.catch((error) => {
      if (isRead) throw error;
    });
    if (isRead) await writer.flush();
    return ExitCode.Ok;
  },
};
