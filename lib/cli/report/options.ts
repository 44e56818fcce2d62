import { metricTypeNames } from '../../metric.js';
import { type CommandOption, textOption } from './command.js';

/** Options that several commands share, so that they say the same of them. */
export const sourceOptions = {
  db: textOption('database file; repeatable, several merge [default: goodall.db]', { offers: 'files' }),
  url: textOption("a server's HTTP listener in place of a file, http://host:8080; repeatable, merges too"),
} satisfies Record<string, CommandOption>;

export const selectorOptions = {
  type: textOption('only counter, gauge, timer, distribution or set; repeatable', {
    offers: metricTypeNames,
  }),
  tag: textOption('only series with this key:value; repeatable, all must hold'),
} satisfies Record<string, CommandOption>;

export const groupByOptions = {
  'group-by': {
    type: 'string',
    describe: "merge series that agree in these tags (k,...); '' merges all of a name",
  },
  by: textOption('short for --group-by: --by host'),
} satisfies Record<string, CommandOption>;

export const windowOptions = {
  since: textOption(
    'start: 90s 15m 1h 7d ago, yesterday, 14:00, 2026-11-20 14:00, Unix seconds [default: 1h]',
  ),
  until: textOption('end, in the same words [default: now]'),
} satisfies Record<string, CommandOption>;

export const timeZoneOption = textOption('zone of dates and steps, such as Europe/Berlin [default: local]');

export const colorOption = textOption(
  'auto (on a terminal, unless NO_COLOR is set), always or never [default: auto]',
  { offers: ['auto', 'always', 'never'] },
);

export const rawOption: CommandOption = { type: 'boolean', describe: 'exact numbers without units' };
