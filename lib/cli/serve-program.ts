import { flagName, isSwitch, optionKeys } from '../config/options.js';
import { ExitCode } from '../errors.js';
import { askedAnswer } from './help-page.js';
import { type ProgramIo, runProgram } from './program.js';
import type { ServeArguments } from './serve.js';
import { serveHelp } from './serve-help.js';

const flags = [...optionKeys.map(flagName), 'print-config', 'allow-js-config', 'help', 'version'];

async function parse(args: readonly string[]): Promise<ServeArguments> {
  // Only now: whoever asks for help need not wait for it.
  const { flagParser } = await import('./yargs.js');
  const parser = flagParser('goodall', args, flags)
    // Values stay text: what is allowed is said in one place, for flags, environment and file alike.
    .parserConfiguration({
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .strictOptions();
  for (const key of optionKeys) {
    parser.option(flagName(key), isSwitch(key) ? { type: 'boolean' } : { requiresArg: true, nargs: 1 });
  }
  parser.option('print-config', { type: 'boolean' });
  parser.option('allow-js-config', { type: 'boolean' });
  const { _: files, ...parsed } = await parser.parseAsync();
  return {
    flags: parsed,
    files: files.map(String),
    printConfig: parsed['print-config'] === true,
    allowScript: parsed['allow-js-config'] === true,
  };
}

/** The program `goodall`, the server or its proxy, from its command line to its exit code. */
export async function serveProgram(): Promise<void> {
  const [word, ...rest] = process.argv.slice(2);
  if (word !== 'proxy') return runProgram('goodall', serve);
  const { runProxy } = await import('./proxy.js');
  return runProgram('goodall proxy', (io) => runProxy(rest, io));
}

async function serve(io: ProgramIo): Promise<number> {
  const answer = askedAnswer(io.args, io.columns, serveHelp);
  if (answer !== undefined) {
    io.out(answer);
    return ExitCode.Ok;
  }
  const { serve: runServer } = await import('./serve.js');
  return runServer(await parse(io.args), io);
}
