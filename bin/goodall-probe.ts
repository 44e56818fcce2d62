#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { runProbe } from '../lib/cli/probe.js';
import { GoodallError, UsageError } from '../lib/errors.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
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
  .version(version)
  .strict()
  .wrap(100)
  .fail((message, error) => {
    throw new UsageError(message ?? error.message);
  });

try {
  const flags = await parser.parseAsync();
  // Not left to the event loop, which a reading that hangs would keep going.
  process.exit(await runProbe(flags, process.env, (line) => process.stderr.write(line)));
} catch (error) {
  // A flag without its value is thrown past fail().
  const usage = error instanceof Error && error.name === 'YError' ? new UsageError(error.message) : error;
  if (!(usage instanceof GoodallError)) throw usage;
  process.stderr.write(`goodall-probe: ${usage.message}\n`);
  process.exitCode = usage.exitCode;
}
