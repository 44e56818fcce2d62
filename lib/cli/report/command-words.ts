/** What each word that `goodall-report` knows as its first argument answers, in the order of its help. */
export const commandWords = {
  check: 'a plugin for Nagios, Icinga and the like: one line and exit code 0, 1, 2 or 3',
  compare: 'what changed since yesterday, or since a deploy, the worst first',
  histogram: 'how the values of a series are spread: bars, or a heat map over time',
  percentiles: 'all percentiles of a series from p1 to p99.99, with what each rests on',
  series: 'every series with its type, tags, first and last bucket, points and bytes',
  top: 'which names send most, and which tags make most series',
  'bad-lines': 'lines that could not be read: why, from whom, how many, and one of them',
  events: 'events (deploys, alerts) and service checks, in order of time',
  doctor: 'whether server, kernel, database and clock are as they should be, and what to do',
  backup: 'a copy of the database in one file, beside a running server',
  export: 'everything in the database as lines of JSON, without loss',
  import: 'a new database from what export wrote',
  completion: 'a script that teaches a shell the commands and options',
  manual: 'the manual page, in roff',
} as const;

export type CommandWord = keyof typeof commandWords;

export const commandNames = Object.keys(commandWords) as readonly CommandWord[];
