import { ExitCode, UsageError } from '../../errors.js';
import { programVersion } from '../program.js';
import { writeLines } from '../write-lines.js';
import type { Command } from './command.js';
import { manualLines } from './manual-page.js';

/** @param all every command, this one among them */
export const manualOf = (all: () => Promise<readonly Command[]>): Command => ({
  name: 'manual',
  operands: '',
  description: ['Prints all of this help as a manual page.'],
  options: {},
  examples: [['| man -l -', 'to read it']],
  epilog: ['Exit codes: 0 printed; 64 wrong usage.'],
  async run({ operands }, terminal) {
    if (operands.length > 0) throw new UsageError('manual takes nothing: it prints the whole manual page');
    await writeLines(manualLines(await all(), programVersion()), '\n', terminal);
    return ExitCode.Ok;
  },
});
