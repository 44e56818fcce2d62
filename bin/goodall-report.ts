#!/usr/bin/env node
import yargs, { type Argv } from 'yargs';
import { programVersion, refuseSwitchValues, runProgram, usageError } from '../lib/cli/program.js';
import type { Command, CommandFlags } from '../lib/cli/report/command.js';
import { allCommands, commandOf } from '../lib/cli/report/commands.js';
import { standardStreams } from '../lib/cli/report-streams.js';
import { systemClock } from '../lib/clock.js';
import { GoodallError } from '../lib/errors.js';

function parserOf(command: Command, args: readonly string[]): Argv {
  const words = ['goodall-report', command.name].filter((word) => word !== '').join(' ');
  const flags = [...Object.keys(command.options), 'help', 'version'];
  const parser = yargs([...args])
    .scriptName('goodall-report')
    .usage([`${words} ${command.operands} [options]\n`, ...command.description].join('\n'))
    .options(command.options)
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .detectLocale(false)
    .alias({ help: 'h' })
    .version(programVersion())
    .strictOptions()
    .wrap(100)
    .fail((message, error) => {
      throw message ? usageError(words, message, flags) : error;
    });
  for (const [rest, meaning] of command.examples) parser.example(`${words} ${rest}`.trim(), meaning);
  return parser;
}

async function flagsOf(command: Command, args: readonly string[]): Promise<CommandFlags> {
  const switches = Object.entries(command.options).filter(([, { type }]) => type === 'boolean');
  refuseSwitchValues(
    args,
    switches.map(([name]) => name),
    false,
  );
  const parser = parserOf(command, args);
  const helpIsAsked = args.includes('--help') || args.includes('-h');
  const list = command.name === '' && helpIsAsked ? await commandList() : [];
  parser.epilog([...list, ...command.epilog].join('\n'));
  try {
    const { _: operands, ...options } = await parser.parseAsync();
    return { operands: operands.map(String), options: options as CommandFlags['options'] };
  } catch (error) {
    // A flag without its value is thrown past fail().
    const unread = error instanceof Error && error.name === 'YError';
    throw unread ? usageError(`goodall-report ${command.name}`.trim(), error.message, []) : error;
  }
}

async function commandList(): Promise<string[]> {
  const words = (await allCommands()).filter(({ name }) => name !== '');
  if (words.length === 0) return [];
  const width = Math.max(...words.map(({ name }) => name.length));
  return [
    'Commands (goodall-report COMMAND --help says more):',
    ...words.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
  ];
}

await runProgram('goodall-report', async (io) => {
  const { command, rest } = await commandOf(io.args);
  const terminal = standardStreams(process);
  try {
    return await command.run(await flagsOf(command, rest), terminal, systemClock.now());
  } catch (error) {
    if (!(error instanceof GoodallError) || command.fail === undefined) throw error;
    return command.fail(error.message, terminal);
  }
});
