import type { HelpOption, HelpPage } from '../help-page.js';
import type { Command } from './command.js';
import { commandNames, commandWords } from './command-words.js';

/** The help of a command; that of the report itself lists the others. */
export function helpOf(command: Command): HelpPage {
  const words = wordsOf(command);
  return {
    usage: [`${words} ${command.operands} [options]`, '', command.description.join(' ')],
    sections: [{ heading: 'Options:', options: [...optionsOf(command), ...commonOptions] }],
    examples: command.examples.map(([rest, meaning]) => [`${words} ${rest}`.trim(), meaning]),
    epilog: [...(command.name === '' ? commandList() : []), epilogOf(command).join(' ')],
  };
}

/** The last lines of its help, and of its part of the manual. */
export function epilogOf({ examples, epilog }: Command): readonly string[] {
  const isOfYours = examples.some(([line]) => line.includes('api.'));
  return isOfYours
    ? ["Names that begin with api stand for your own; the others are the host's.", ...epilog]
    : epilog;
}

/** How a command is called. */
export function wordsOf({ name }: Command): string {
  return `goodall-report ${name}`.trim();
}

const commonOptions: readonly HelpOption[] = [
  { name: 'help', alias: 'h', type: 'boolean', describe: 'print this text, and exit' },
  { name: 'version', type: 'boolean', describe: 'print the version, and exit' },
];

function optionsOf({ options }: Command): HelpOption[] {
  return Object.entries(options).map(([name, { alias, describe, type }]) => ({
    name,
    alias,
    describe,
    type,
  }));
}

function commandList(): string[] {
  const width = Math.max(...commandNames.map((name) => name.length));
  return [
    'Commands (goodall-report COMMAND --help says more):',
    ...commandNames.map((name) => `  ${name.padEnd(width)}  ${commandWords[name]}`),
    '',
  ];
}
