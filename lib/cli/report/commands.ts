import type { Command } from './command.js';
import { type CommandWord, commandNames } from './command-words.js';
import { command as report } from './report.js';

/** They are loaded only when they are asked for, so that none makes the others start later. */
const loaders: Readonly<Record<CommandWord, () => Promise<{ readonly command: Command }>>> = {
  check: () => import('./check.js'),
  compare: () => import('./compare.js'),
  histogram: () => import('./histogram.js'),
  percentiles: () => import('./percentiles.js'),
  series: () => import('./series.js'),
  top: () => import('./top.js'),
  'bad-lines': () => import('./bad-lines.js'),
  events: () => import('./events.js'),
  doctor: () => import('./doctor.js'),
  backup: () => import('./backup.js'),
  export: () => import('./export.js'),
  import: () => import('./import.js'),
  completion: async () => ({
    command: (await import('./completion.js')).completionOf(allCommands),
  }),
  manual: async () => ({ command: (await import('./manual.js')).manualOf(allCommands) }),
};

/** The command that a command line asks for, and what is left of the line for it. */
export async function commandOf(
  args: readonly string[],
): Promise<{ readonly command: Command; readonly rest: readonly string[] }> {
  const [first, ...rest] = args;
  const word = commandNames.find((name) => name === first);
  return word === undefined
    ? { command: report, rest: args }
    : { command: (await loaders[word]()).command, rest };
}

/** All of them, the report itself first: for the manual and the completion. */
export async function allCommands(): Promise<Command[]> {
  const loaded = await Promise.all(commandNames.map((name) => loaders[name]()));
  return [report, ...loaded.map(({ command }) => command)];
}
