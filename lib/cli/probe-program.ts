import { ExitCode } from '../errors.js';
import { askedAnswer } from './help-page.js';
import type { ProbeFlags } from './probe.js';
import { probeHelp } from './probe-help.js';
import { type ProgramIo, runProgram, usageError } from './program.js';

const flagNames = ['host', 'port', 'interval', 'prefix', 'tags', 'once', 'help', 'version'];
const value = { type: 'string', requiresArg: true } as const;

async function parse(args: readonly string[]): Promise<ProbeFlags> {
  // Only now: whoever asks for help need not wait for it.
  const { flagParser } = await import('./yargs.js');
  const parser = flagParser('goodall-probe', args, flagNames)
    .options({
      host: value,
      port: value,
      interval: value,
      prefix: { type: 'string' },
      tags: value,
      once: { type: 'boolean' },
    })
    .parserConfiguration({ 'boolean-negation': false, 'camel-case-expansion': false, 'dot-notation': false })
    .strict();
  try {
    return await parser.parseAsync();
  } catch (error) {
    // A flag without its value is thrown past fail().
    const unread = error instanceof Error && error.name === 'YError';
    throw unread ? usageError('goodall-probe', error.message, flagNames) : error;
  }
}

/** The program `goodall-probe`, from its command line to its exit code. */
export function probeProgram(): Promise<void> {
  return runProgram('goodall-probe', probe);
}

async function probe(io: ProgramIo): Promise<number> {
  const answer = askedAnswer(io.args, io.columns, () => probeHelp);
  if (answer !== undefined) {
    io.out(answer);
    return ExitCode.Ok;
  }
  const flags = await parse(io.args);
  const { runProbe } = await import('./probe.js');
  return runProbe(flags, io.env, io.err);
}
