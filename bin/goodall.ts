#!/usr/bin/env node
import yargs, { type Argv } from 'yargs';
import { programVersion, runProgram, usageError } from '../lib/cli/program.js';
import { runProxy } from '../lib/cli/proxy.js';
import { type ServeArguments, serve } from '../lib/cli/serve.js';
import {
  environmentName,
  fallbackText,
  flagName,
  isSwitch,
  optionKeys,
  options,
} from '../lib/config/options.js';

const flags = [...optionKeys.map(flagName), 'print-config', 'help', 'version'];

function parse(args: readonly string[]): ServeArguments {
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
    .strictOptions()
    .fail((message, error) => {
      throw message ? usageError('goodall', message, flags) : error;
    });
  for (const key of optionKeys) {
    const flag = flagName(key);
    const negation = isSwitch(key) ? `; --no-${flag} switches it off` : '';
    parser.option(flag, {
      group: `${options[key].group}:`,
      describe: `${options[key].meaning}${negation} [${environmentName(key)}]`,
      defaultDescription: fallbackText(key),
      ...(isSwitch(key) ? { type: 'boolean' } : { requiresArg: true, nargs: 1 }),
    });
  }
  parser.option('print-config', {
    type: 'boolean',
    describe: 'print the configuration and its origins, and exit',
  });
  const { _: files, ...parsed } = describe(parser).parseSync();
  return { flags: parsed, files: files.map(String), printConfig: parsed['print-config'] === true };
}

function describe(parser: Argv): Argv {
  return parser
    .usage('Usage: $0 [options] [config-file]\n       $0 proxy [options] config-file\n')
    .usage('Receives statsd and DogStatsD datagrams, aggregates them and writes them to an SQLite file.')
    .usage('The config file is YAML or JSON; its keys are the flags without their dashes.')
    .help('help', 'print this text, and exit')
    .version('version', 'print the version, and exit', programVersion())
    .example('$0', 'listen on UDP 8125 and write ./goodall.db')
    .example('$0 --db api.db --flush-interval 1000', 'another file, a bucket a second')
    .example('GOODALL_PORT=9125 $0 goodall.yaml', 'the environment overrides the file')
    .example('$0 goodall.yaml --print-config', 'what would run, and where each value comes from')
    .epilogue('Flags override the environment (names in brackets), which overrides the config file.')
    .wrap(Math.min(100, process.stdout.columns ?? 100));
}

const [word, ...rest] = process.argv.slice(2);
if (word === 'proxy') await runProgram('goodall proxy', (io) => runProxy(rest, io));
else await runProgram('goodall', (io) => serve(parse(io.args), io));
