#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { runReport } from '../lib/cli/report.js';
import { standardStreams } from '../lib/cli/report-streams.js';
import { systemClock } from '../lib/clock.js';
import { GoodallError, UsageError } from '../lib/errors.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const value = { type: 'string', requiresArg: true } as const;

const misused = (message: string) => new UsageError(`${message}; goodall-report --help lists the options`);

const parser = yargs(hideBin(process.argv))
  .scriptName('goodall-report')
  .usage(
    '$0 [pattern ...] [options]\n\n' +
      'Reports what goodall stored: counts, rates and percentiles of every series whose name matches\n' +
      'a pattern (* any run of characters, ? one, [abc] one of them), over any window.',
  )
  .options({
    db: { ...value, describe: 'database file; repeatable, several merge [default: goodall.db]' },
    since: { ...value, describe: 'start: 90s 15m 1h 7d 2w ago, an ISO time, Unix seconds [default: 1h]' },
    until: { ...value, describe: 'end, in the same words [default: now]' },
    step: { ...value, describe: 'one row for each such length of time: 30s 5m 1h 1d' },
    type: { ...value, describe: 'only counter, gauge, timer, distribution or set; repeatable' },
    tag: { ...value, describe: 'only series with this key:value; repeatable, all must hold' },
    'group-by': {
      type: 'string',
      describe: "merge series that agree in these tags (k,...); '' merges all of a name",
    },
    percentiles: { ...value, alias: 'p', describe: 'which percentiles [default: 50,90,95,99]' },
    sort: {
      type: 'string',
      describe: 'by this column, largest first; COLUMN:asc turns it round [default: busiest first]',
    },
    limit: { ...value, describe: 'at most so many rows' },
    format: { ...value, describe: 'table, json, csv or markdown [default: table]' },
    raw: { type: 'boolean', describe: 'exact numbers without units' },
  })
  .example('$0', 'the last hour, busiest series first')
  .example("$0 'api.*' --since 24h --sort p99", 'the slowest of a day first')
  .example('$0 latency --step 5m --tag env:prod', 'five minutes a row')
  .example('$0 latency --group-by host -p 50,99', 'by host, over every other tag')
  .example('$0 --db a.db --db b.db --format json', 'two hosts as one, for a program')
  .example('$0 --since 2026-11-20T14:00 --limit 10', 'from a time of day on')
  .epilog(
    'Times without a zone are local. Exit codes: 0 reported; 1 the database cannot be opened;\n' +
      '13 nothing to report; 64 wrong usage.',
  )
  .parserConfiguration({
    'boolean-negation': false,
    'camel-case-expansion': false,
    'dot-notation': false,
    'parse-numbers': false,
    'parse-positional-numbers': false,
  })
  .alias({ help: 'h' })
  .version(version)
  .strictOptions()
  .wrap(100)
  .fail((message, error) => {
    throw misused(message ?? error.message);
  });

try {
  const { _: patterns, ...flags } = await parser.parseAsync();
  process.exitCode = await runReport(
    { ...flags, patterns: patterns.map(String) },
    standardStreams(process),
    systemClock.now(),
  );
} catch (error) {
  // A flag without its value is thrown past fail().
  const usage = error instanceof Error && error.name === 'YError' ? misused(error.message) : error;
  if (!(usage instanceof GoodallError)) throw usage;
  process.stderr.write(`goodall-report: ${usage.message}\n`);
  process.exitCode = usage.exitCode;
}
