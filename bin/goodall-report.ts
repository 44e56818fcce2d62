#!/usr/bin/env node
import { helpText, helpWidth } from '../lib/cli/help-page.js';
import { keepHeapLean } from '../lib/cli/lean-heap.js';
import { askedText, programVersion, refuseSwitchValues, runProgram, usageError } from '../lib/cli/program.js';
import type { Command, CommandFlags } from '../lib/cli/report/command.js';
import { commandOf } from '../lib/cli/report/commands.js';
import { helpOf, wordsOf } from '../lib/cli/report/help.js';
import { standardStreams } from '../lib/cli/report-streams.js';
import { systemClock } from '../lib/clock.js';
import { ExitCode, GoodallError } from '../lib/errors.js';

async function flagsOf(command: Command, args: readonly string[]): Promise<CommandFlags> {
  // Only now: whoever asks for help need not wait for it.
  const { default: yargs } = await import('yargs');
  const switches = Object.entries(command.options).filter(([, { type }]) => type === 'boolean');
  refuseSwitchValues(
    args,
    switches.map(([name]) => name),
    false,
  );
  const words = wordsOf(command);
  const flags = [...Object.keys(command.options), 'help', 'version'];
  const parser = yargs([...args])
    .scriptName('goodall-report')
    .options(command.options)
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .detectLocale(false)
    .help(false)
    .version(false)
    .strictOptions()
    .fail((message, error) => {
      throw message ? usageError(words, message, flags) : error;
    });
  try {
    const { _: operands, ...options } = await parser.parseAsync();
    return { operands: operands.map(String), options: options as CommandFlags['options'] };
  } catch (error) {
    // A flag without its value is thrown past fail().
    const unread = error instanceof Error && error.name === 'YError';
    throw unread ? usageError(words, error.message, []) : error;
  }
}

await runProgram('goodall-report', async (io) => {
  const { command, rest } = await commandOf(io.args);
  const asked = askedText(rest);
  if (asked !== undefined) {
    const text = asked === 'version' ? programVersion() : helpText(helpOf(command), helpWidth(io.columns));
    io.out(`${text}\n`);
    return ExitCode.Ok;
  }
  keepHeapLean();
  const terminal = standardStreams(process);
  try {
    return await command.run(await flagsOf(command, rest), terminal, systemClock.now());
  } catch (error) {
    if (!(error instanceof GoodallError) || command.fail === undefined) throw error;
    return command.fail(error.message, terminal);
  }
});
