#!/usr/bin/env node
import { helpText, helpWidth } from '../lib/cli/help-page.js';
import type { ProbeFlags } from '../lib/cli/probe.js';
import { probeHelp } from '../lib/cli/probe-help.js';
import { askedText, programVersion, runProgram, usageError } from '../lib/cli/program.js';
import { ExitCode } from '../lib/errors.js';

const flagNames = ['host', 'port', 'interval', 'prefix', 'tags', 'once', 'help', 'version'];
const value = { type: 'string', requiresArg: true } as const;

async function parse(args: readonly string[]): Promise<ProbeFlags> {
  // Only now: whoever asks for help need not wait for it.
  const { default: yargs } = await import('yargs');
  const parser = yargs([...args])
    .scriptName('goodall-probe')
    .options({
      host: value,
      port: value,
      interval: value,
      prefix: { type: 'string' },
      tags: value,
      once: { type: 'boolean' },
    })
    .parserConfiguration({ 'boolean-negation': false, 'camel-case-expansion': false, 'dot-notation': false })
    .detectLocale(false)
    .help(false)
    .version(false)
    .strict()
    .fail((message, error) => {
      throw message ? usageError('goodall-probe', message, flagNames) : error;
    });
  try {
    return await parser.parseAsync();
  } catch (error) {
    // A flag without its value is thrown past fail().
    const unread = error instanceof Error && error.name === 'YError';
    throw unread ? usageError('goodall-probe', error.message, flagNames) : error;
  }
}

await runProgram('goodall-probe', async (io) => {
  const asked = askedText(io.args);
  if (asked !== undefined) {
    io.out(`${asked === 'version' ? programVersion() : helpText(probeHelp, helpWidth(io.columns))}\n`);
    return ExitCode.Ok;
  }
  const flags = await parse(io.args);
  const { runProbe } = await import('../lib/cli/probe.js');
  return runProbe(flags, io.env, io.err);
});
