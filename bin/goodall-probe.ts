#!/usr/bin/env node
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { runProbe } from '../lib/cli/probe.js';
import { programVersion, runProgram, usageError } from '../lib/cli/program.js';

const flagNames = ['host', 'port', 'interval', 'prefix', 'tags', 'once', 'help', 'version'];
const value = { type: 'string', requiresArg: true } as const;

const parser = yargs(hideBin(process.argv))
  .scriptName('goodall-probe')
  .usage(
    '$0 [options]\n\nSends the numbers of this host (CPU, memory, disks, network ...) to a statsd server.',
  )
  .options({
    host: { ...value, describe: 'where the server is [default: 127.0.0.1]' },
    port: { ...value, describe: 'its UDP port [default: 8125]' },
    interval: { ...value, describe: 'milliseconds between samples [default: 10000]' },
    prefix: { type: 'string', describe: 'put before every name, with a dot between' },
    tags: { ...value, describe: 'key:value on every metric; repeatable, or separated by commas' },
    once: { type: 'boolean', describe: 'measure over one second, send, and exit' },
  })
  .example('$0', 'to a server on this host, every ten seconds')
  .example('$0 --host stats.example.org --tags env:prod --tags role:db', 'to another host, with two tags')
  .example('$0 --once --prefix nightly', 'one sample, from a cron job')
  .epilog(
    'Each flag may be given as GOODALL_ and its name in upper case in the environment, too; the flag wins.\n' +
      'Exit codes: 0 ended by SIGTERM, SIGINT or --once; 12 a bad value in the environment; 64 wrong usage.',
  )
  .parserConfiguration({ 'boolean-negation': false, 'camel-case-expansion': false, 'dot-notation': false })
  .detectLocale(false)
  .version(programVersion())
  .strict()
  .wrap(100)
  .fail((message, error) => {
    throw message ? usageError('goodall-probe', message, flagNames) : error;
  });

await runProgram('goodall-probe', async (io) => {
  try {
    return await runProbe(await parser.parseAsync(), io.env, io.err);
  } catch (error) {
    // A flag without its value is thrown past fail().
    const unread = error instanceof Error && error.name === 'YError';
    throw unread ? usageError('goodall-probe', error.message, flagNames) : error;
  }
});
