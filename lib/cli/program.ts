import { readFileSync } from 'node:fs';
import { nearest } from '../config/nearest.js';
import { ExitCode, GoodallError, messageOf, UsageError } from '../errors.js';
import { packageRoot } from '../package-root.js';
import type { OutputStream, Streams } from './plain-output.js';

/** What a program may touch of the world around it. */
export interface ProgramIo {
  /** What follows the program's name on the command line. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Width of the terminal; undefined where standard output is none. */
  readonly columns: number | undefined;
  /** Write text as it is; lines bring their own newline. */
  out(text: string): void;
  err(text: string): void;
}

/**
 * Runs a program to its end and exits with its code. Whatever it throws becomes one line on standard error
 * that starts with the program's name.
 */
export async function runProgram(
  name: string,
  main: (io: ProgramIo) => Promise<number>,
  { stdout, stderr, env }: Streams = process,
): Promise<void> {
  tolerateClosed(stdout, stderr);
  const fail = (error: unknown): never => {
    stderr.write(`${name}: ${failureText(error)}\n`);
    process.exit(error instanceof GoodallError ? error.exitCode : ExitCode.Internal);
  };
  process.on('uncaughtException', fail);
  // Node would exit with 0 or 13, as if all were well or a report empty.
  process.once('beforeExit', () => fail('nothing left to wait for, and not finished'));
  try {
    const exitCode = await main({
      args: process.argv.slice(2),
      env,
      columns: stdout.columns,
      out: (text) => void stdout.write(text),
      err: (text) => void stderr.write(text),
    });
    stdout.write('', () => process.exit(exitCode));
  } catch (error) {
    fail(error);
  }
}

/** A reader that goes away (`goodall-report | head`) is no failure; the rest of the output has no reader. */
function tolerateClosed(...streams: readonly OutputStream[]): void {
  for (const stream of streams) {
    stream.on('error', (error) => {
      if (error.code !== 'EPIPE') throw outputError(error);
    });
  }
}

/** Standard output or standard error that cannot be written: a full disk behind it, as a rule. */
export function outputError(cause: Error): GoodallError {
  return new GoodallError('ERR_OUTPUT', ExitCode.Usage, `cannot write the output: ${cause.message}`, {
    cause,
  });
}

/** One line for anything thrown. An error nobody foresaw also says where in the code it comes from. */
export function failureText(error: unknown): string {
  const foreseen = error instanceof GoodallError;
  const frame = error instanceof Error ? error.stack?.match(/^ +at .*$/m)?.[0].trim() : undefined;
  const text = foreseen ? error.message : `internal error: ${messageOf(error)} (${frame ?? 'no stack'})`;
  return text.replace(/\p{Cc}/gu, (character) =>
    character === '\n' ? '\\n' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/**
 * Whether a command line asks for help or for the version alone. What else it says does not matter then.
 */
export function askedText(args: readonly string[]): 'help' | 'version' | undefined {
  const end = args.indexOf('--');
  const flags = end < 0 ? args : args.slice(0, end);
  if (flags.includes('--help') || flags.includes('-h')) return 'help';
  return flags.includes('--version') ? 'version' : undefined;
}

/** The version in package.json. */
export function programVersion(): string {
  const text = readFileSync(new URL('package.json', packageRoot), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/**
 * The error for a command line that yargs refused.
 *
 * @param message what yargs says, in English
 * @param flags the program's flags without dashes, to guess which one an unknown flag means
 */
export function usageError(program: string, message: string, flags: readonly string[]): UsageError {
  const unknown = /^Unknown arguments?: ([^,]+)/.exec(message)?.[1];
  const meant = unknown === undefined ? undefined : nearest(unknown, flags);
  const hint = meant === undefined ? `see ${program} --help` : `did you mean --${meant}?`;
  return new UsageError(`${message}; ${hint}`);
}

/**
 * Refuses `--probe=1` and the like: yargs takes every value of a switch but `true` for false.
 *
 * @param switches the program's switches without dashes
 * @param negatable whether `--no-probe` is understood
 */
export function refuseSwitchValues(
  args: readonly string[],
  switches: readonly string[],
  negatable = true,
): void {
  const end = args.indexOf('--');
  for (const arg of end < 0 ? args : args.slice(0, end)) {
    const [, flag = '', value] = /^--([^=]+)=(.*)$/s.exec(arg) ?? [];
    if (switches.includes(flag) && value !== 'true' && value !== 'false') {
      throw new UsageError(
        `${arg}: a switch takes no value; write --${flag} or ${negatable ? `--no-${flag}` : 'leave it out'}`,
      );
    }
  }
}
