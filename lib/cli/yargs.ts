import yargs, { type Argv } from 'yargs';
import { usageError } from './program.js';

/**
 * A parser of a program's command line, which is to be told of its options. It refuses what it does not know, and
 * leaves help, version and every other text to the program.
 *
 * @param flags the program's flags without dashes, to guess which one an unknown flag means
 */
export function flagParser(program: string, args: readonly string[], flags: readonly string[]): Argv {
  return yargs([...args])
    .scriptName(program)
    .detectLocale(false)
    .help(false)
    .version(false)
    .fail((message, error) => {
      throw message ? usageError(program, message, flags) : error;
    });
}
