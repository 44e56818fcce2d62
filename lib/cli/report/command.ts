import { UsageError } from '../../errors.js';
import type { Terminal } from '../report.js';

/** One option of a command, in the words that yargs has for it. */
export interface CommandOption {
  readonly type: 'string' | 'boolean';
  /** Refuse the option without a value. */
  readonly requiresArg?: true;
  /** A single letter. */
  readonly alias?: string;
  readonly describe: string;
  /** What a shell offers for its value: these words, or files. */
  readonly offers?: readonly string[] | 'files';
}

/** The command line as typed: texts; an option that is given twice comes as a list, a switch as a boolean. */
export interface CommandFlags {
  /** What stood on the command line without being an option: patterns, as a rule. */
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, string | readonly string[] | boolean | undefined>>;
}

/**
 * One word of `goodall-report WORD …`: what its help says, and what it does. One file each, loaded when asked
 * for.
 */
export interface Command {
  /** The first word of the command line; empty for the report itself. */
  readonly name: string;
  /** What follows it besides options, for the first line of its help: `[pattern ...]`. */
  readonly operands: string;
  /** What its help says under the first line, line by line. */
  readonly description: readonly string[];
  readonly options: Readonly<Record<string, CommandOption>>;
  /** What follows the program's name, and what it is good for. */
  readonly examples: readonly (readonly [args: string, meaning: string])[];
  /** The last lines of its help: exit codes. */
  readonly epilog: readonly string[];
  /** Resolves with the exit code. Throws GoodallError, each with its own. */
  run(flags: CommandFlags, terminal: Terminal, nowMs: number): Promise<number>;
  /**
   * For a command whose failures are an answer of their own form: writes it and resolves with the exit code.
   * Without it a failure is one line on standard error.
   */
  fail?(message: string, terminal: Terminal): Promise<number>;
}

/** An option that takes a text. */
export function textOption(
  describe: string,
  more: Pick<CommandOption, 'alias' | 'offers'> = {},
): CommandOption {
  return { type: 'string', requiresArg: true, describe, ...more };
}

/** The value of an option that may be given once. */
export function textOf({ options }: CommandFlags, name: string): string | undefined {
  const value = options[name];
  if (Array.isArray(value)) throw new UsageError(`--${name} is given more than once`);
  return value as string | undefined;
}

/** The database of a command that takes one alone. */
export function databaseOf(flags: CommandFlags): string {
  const path = textOf(flags, 'db') ?? 'goodall.db';
  if (path === '') throw new UsageError('--db: the name is empty; give a database file');
  return path;
}

/** The values of an option that may be given several times. */
export function textsOf({ options }: CommandFlags, name: string): readonly string[] {
  const value = options[name];
  return value === undefined ? [] : ([value].flat() as readonly string[]);
}

export function isOn({ options }: CommandFlags, name: string): boolean {
  return options[name] === true;
}
