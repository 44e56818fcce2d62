import { reportFormats } from '../report-formats.js';
import type { ReportFlags } from '../report-question.js';
import { type Command, type CommandFlags, textOption } from './command.js';
import {
  colorOption,
  groupByOptions,
  rawOption,
  selectorOptions,
  sourceOptions,
  timeZoneOption,
  windowOptions,
} from './options.js';

/** The report itself, which needs no word. */
export const command: Command = {
  name: '',
  operands: '[pattern ...]',
  description: [
    'Reports what goodall stored: counts, rates and percentiles of every series whose name matches',
    'a pattern (* any run of characters, ? one, [abc] one of them), over any window.',
  ],
  options: {
    ...sourceOptions,
    ...windowOptions,
    step: textOption('one row for each such length of time: 30s 5m 1h 1d 1w 1mo, in local time'),
    'time-zone': timeZoneOption,
    ...selectorOptions,
    ...groupByOptions,
    percentiles: textOption('which percentiles [default: 50,90,95,99]', { alias: 'p' }),
    // Without requiresArg: `--sort -p99` is answered with how to write it.
    sort: {
      type: 'string',
      describe: 'by this column, largest first; COLUMN:asc turns it round [default: busiest first]',
    },
    limit: textOption('at most so many rows'),
    format: textOption('table, json, jsonl, csv, tsv, markdown, prometheus or html [default: table]', {
      offers: reportFormats,
    }),
    raw: rawOption,
    all: { type: 'boolean', describe: "on a terminal: also the host's own metrics and idle counters" },
    trend: textOption('a line of bars a row: auto (on a terminal), always or never [default: auto]', {
      offers: ['auto', 'always', 'never'],
    }),
    color: colorOption,
    // Without requiresArg: every two seconds.
    watch: { type: 'string', describe: 'renew in place every so many seconds, --watch=5 [default: 2]' },
  },
  examples: [
    ['', 'the last hour, busiest series first'],
    ["'api.*' --since 24h --sort p99", 'the slowest of a day first'],
    ['disk_free --step 5m --tag mount:/', 'five minutes a row'],
    ["'network_*' --group-by interface -p 50,99", 'by interface, over every other tag'],
    ['--db web1.db --db web2.db --format json', 'two hosts as one, for a program'],
    ['--since yesterday --until today', 'all of yesterday'],
    ['--since 7d --step 1d', 'day by day'],
    ['--since 1d --format html > day.html', 'a page with charts, to look at or to send'],
    ['--watch', 'what happens now'],
  ],
  epilog: [
    'A series that is called like a command: goodall-report -- NAME.',
    'Times without a zone are local. Exit codes: 0 reported; 1 the database cannot be opened;',
    '13 nothing to report; 64 wrong usage.',
  ],
  async run({ operands, options }: CommandFlags, terminal, nowMs) {
    // Only now: help and wrong usage must not wait for all that a report needs.
    const { runReport } = await import('../report.js');
    return runReport({ ...(options as ReportFlags), patterns: operands }, terminal, nowMs);
  },
};
