#!/usr/bin/env node
import { helpText, helpWidth } from '../lib/cli/help-page.js';
import { askedText, programVersion, runProgram, usageError } from '../lib/cli/program.js';
import type { ServeArguments } from '../lib/cli/serve.js';
import { serveHelp } from '../lib/cli/serve-help.js';
import { flagName, isSwitch, optionKeys } from '../lib/config/options.js';
import { ExitCode } from '../lib/errors.js';

const flags = [...optionKeys.map(flagName), 'print-config', 'allow-js-config', 'help', 'version'];

async function parse(args: readonly string[]): Promise<ServeArguments> {
  // Only now: whoever asks for help need not wait for it.
  const { default: yargs } = await import('yargs');
  const parser = yargs([...args])
    .scriptName('goodall')
    // Values stay text: what is allowed is said in one place, for flags, environment and file alike.
    .parserConfiguration({
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
      throw message ? usageError('goodall', message, flags) : error;
    });
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

const [word, ...rest] = process.argv.slice(2);
if (word === 'proxy') {
  const { runProxy } = await import('../lib/cli/proxy.js');
  await runProgram('goodall proxy', (io) => runProxy(rest, io));
} else {
  await runProgram('goodall', async (io) => {
    const asked = askedText(io.args);
    if (asked === undefined) {
      const { serve } = await import('../lib/cli/serve.js');
      return serve(await parse(io.args), io);
    }
    io.out(`${asked === 'version' ? programVersion() : helpText(serveHelp(), helpWidth(io.columns))}\n`);
    return ExitCode.Ok;
  });
}
