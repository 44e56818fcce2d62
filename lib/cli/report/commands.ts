import type { Command } from './command.js';
import { command as report } from './report.js';

interface Word {
  readonly name: string;
  /** One line for the list of commands: what it answers. */
  readonly summary: string;
  load(): Promise<{ readonly command: Command }>;
}

/**
 * Every word that `goodall-report` knows as its first argument, in the order of its help. They are loaded only
 * when they are asked for, so that none makes the others start later.
 */
const words: readonly Word[] = [
  {
    name: 'check',
    summary: 'a plugin for Nagios, Icinga and the like: one line and exit code 0, 1, 2 or 3',
    load: () => import('./check.js'),
  },
  {
    name: 'compare',
    summary: 'what changed since yesterday, or since a deploy, the worst first',
    load: () => import('./compare.js'),
  },
  {
    name: 'histogram',
    summary: 'how the values of a series are spread: bars, or a heat map over time',
    load: () => import('./histogram.js'),
  },
  {
    name: 'percentiles',
    summary: 'all percentiles of a series from p1 to p99.99, with what each rests on',
    load: () => import('./percentiles.js'),
  },
  {
    name: 'series',
    summary: 'every series with its type, tags, first and last bucket, points and bytes',
    load: () => import('./series.js'),
  },
  {
    name: 'top',
    summary: 'which names send most, and which tags make most series',
    load: () => import('./top.js'),
  },
  {
    name: 'bad-lines',
    summary: 'lines that could not be read: why, from whom, how many, and one of them',
    load: () => import('./bad-lines.js'),
  },
  {
    name: 'events',
    summary: 'events (deploys, alerts) and service checks, in order of time',
    load: () => import('./events.js'),
  },
  {
    name: 'doctor',
    summary: 'whether server, kernel, database and clock are as they should be, and what to do',
    load: () => import('./doctor.js'),
  },
  {
    name: 'backup',
    summary: 'a copy of the database in one file, beside a running server',
    load: () => import('./backup.js'),
  },
  {
    name: 'export',
    summary: 'everything in the database as lines of JSON, without loss',
    load: () => import('./export.js'),
  },
  {
    name: 'import',
    summary: 'a new database from what export wrote',
    load: () => import('./import.js'),
  },
  {
    name: 'completion',
    summary: 'a script that teaches a shell the commands and options',
    load: async () => ({
      command: (await import('./completion.js')).completionOf(allCommands, commandSummaries),
    }),
  },
  {
    name: 'manual',
    summary: 'the manual page, in roff',
    load: async () => ({ command: (await import('./manual.js')).manualOf(allCommands) }),
  },
];

/** What each word answers, in the order of the help. */
export const commandSummaries: ReadonlyMap<string, string> = new Map(
  words.map(({ name, summary }) => [name, summary]),
);

/** The command that a command line asks for, and what is left of the line for it. */
export async function commandOf(
  args: readonly string[],
): Promise<{ readonly command: Command; readonly rest: readonly string[] }> {
  const [first, ...rest] = args;
  const word = words.find(({ name }) => name === first);
  return word === undefined
    ? { command: report, rest: args }
    : { command: (await word.load()).command, rest };
}

/** All of them, the report itself first: for the manual and the completion. */
export async function allCommands(): Promise<Command[]> {
  const loaded = await Promise.all(words.map(({ load }) => load()));
  return [report, ...loaded.map(({ command }) => command)];
}
