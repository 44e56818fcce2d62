import { systemClock } from '../clock.js';
import { ExitCode, GoodallError } from '../errors.js';
import { askedAnswer } from './help-page.js';
import { processStreams, type Streams } from './plain-output.js';
import { type ProgramIo, refuseSwitchValues, runProgram, usageError } from './program.js';
import type { Command, CommandFlags, CommandOption } from './report/command.js';
import { commandOf } from './report/commands.js';
import { helpOf, wordsOf } from './report/help.js';
import { standardStreams } from './report-streams.js';

/**
 * Reads the flags with the parser that yargs is built around. yargs itself takes as long to load as a small report
 * takes to make, for help, translations and completion that are not asked of it here.
 */
async function flagsOf(command: Command, args: readonly string[]): Promise<CommandFlags> {
  // Only now: whoever asks for help need not wait for it.
  const { default: parser } = await import('yargs-parser');
  const options = Object.entries(command.options);
  const named = (wanted: (option: CommandOption) => boolean): string[] =>
    options.filter(([, option]) => wanted(option)).map(([name]) => name);
  const switches = named(({ type }) => type === 'boolean');
  refuseSwitchValues(args, [...switches, 'help', 'version'], false);
  const { argv, error } = parser.detailed([...args], {
    boolean: switches,
    string: named(({ type }) => type === 'string'),
    narg: Object.fromEntries(
      named(({ requiresArg }) => requiresArg === true).map((name) => [name, Number.NaN]),
    ),
    alias: Object.fromEntries(
      options.flatMap(([name, { alias }]) => (alias === undefined ? [] : [[name, alias]])),
    ),
    configuration: {
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    },
  });
  const words = wordsOf(command);
  if (error !== null) throw usageError(words, error.message, []);
  const { _: operands, ...given } = argv;
  const known = new Set(options.flatMap(([name, { alias }]) => [name, alias]));
  const unknown = Object.keys(given).filter((name) => !known.has(name));
  if (unknown.length > 0) {
    const message = `Unknown argument${unknown.length > 1 ? 's' : ''}: ${unknown.join(', ')}`;
    throw usageError(words, message, [...Object.keys(command.options), 'help', 'version']);
  }
  return { operands: operands.map(String), options: given as CommandFlags['options'] };
}

/** The program `goodall-report`, from its command line to its exit code. */
export function reportProgram(): Promise<void> {
  const streams = processStreams();
  return runProgram('goodall-report', (io) => answer(io, streams), streams);
}

async function answer(io: ProgramIo, streams: Streams): Promise<number> {
  const { command, rest } = await commandOf(io.args);
  const told = askedAnswer(rest, io.columns, () => helpOf(command));
  if (told !== undefined) {
    io.out(told);
    return ExitCode.Ok;
  }
  const terminal = standardStreams(streams);
  try {
    const flags = await flagsOf(command, rest);
    keepHeapLeanSoon();
    return await command.run(flags, terminal, systemClock.now());
  } catch (error) {
    if (!(error instanceof GoodallError) || command.fail === undefined) throw error;
    return command.fail(error.message, terminal);
  }
}

/** How long a report may take before its heap is worth a look. */
const shortMs = 200;

/** Only then: the module that sets V8's flags loads Node's streams, which takes longer than many a report has to make. */
function keepHeapLeanSoon(): void {
  setTimeout(
    () => void import('../lean-heap.js').then(({ keepHeapLean }) => keepHeapLean()),
    shortMs,
  ).unref();
}
