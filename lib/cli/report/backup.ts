import { ExitCode, UsageError } from '../../errors.js';
import { quantity } from '../../report/numbers.js';
import { printable } from '../../report/text.js';
import { type Command, databaseOf, isOn, textOption } from './command.js';

export const command: Command = {
  name: 'backup',
  operands: 'FILE',
  description: [
    'Copies the database as it is at this moment. The server goes on meanwhile. The copy appears under its name',
    'only when it is complete; it is a database like any other, for --db and for goodall itself.',
  ],
  options: {
    db: textOption('database file [default: goodall.db]', { offers: 'files' }),
    replace: { type: 'boolean', describe: 'overwrite a file of that name' },
  },
  examples: [
    ['monday.db', 'a copy of goodall.db'],
    ['--replace nightly.db', 'each night anew'],
  ],
  epilog: [
    'Exit codes: 0 written; 1 the database cannot be opened or the copy cannot be written; 64 wrong usage.',
  ],
  async run(flags, terminal) {
    const [target, ...more] = flags.operands;
    if (target === undefined || more.length > 0) {
      throw new UsageError('name one file to write: goodall-report backup FILE');
    }
    const database = databaseOf(flags);
    // Only now: help and wrong usage must not wait for SQLite to load.
    const { backUp } = await import('../../storage/sqlite/backup.js');
    const bytes = await backUp(database, target, isOn(flags, 'replace'));
    const size = quantity(bytes, { kind: 'bytes', factor: 1 });
    await terminal.write(`${printable(database)} is copied to ${printable(target)}: ${size}\n`);
    return ExitCode.Ok;
  },
};
