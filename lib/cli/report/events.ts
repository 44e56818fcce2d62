import { NothingToReportError, UsageError } from '../../errors.js';
import type { CheckRecord, EventRecord, Tag } from '../../metric.js';
import { parseWindow } from '../../query/time.js';
import type { ListColumn } from '../../report/listing.js';
import { localWindow } from '../../report/local-time.js';
import { type Command, textOf, textOption } from './command.js';
import { tagsColumn, textColumn, timeColumn } from './list-columns.js';
import { beginList, listEpilog, listOptions, sourcesOf, writeList } from './listing.js';
import { windowOptions } from './options.js';
import { withStores } from './stores.js';

interface Happening {
  readonly timeMs: number;
  readonly kind: 'event' | 'check';
  /** The alert type of an event, the status of a check. */
  readonly state: string;
  readonly title: string;
  readonly text: string | undefined;
  readonly host: string | undefined;
  readonly tags: readonly Tag[];
}

/** Of an event; a warning is one of a check too. */
const alertTypes = ['error', 'info', 'success'] as const;
const states = ['ok', 'warning', 'critical', 'unknown'] as const;

const columns: readonly ListColumn<Happening>[] = [
  timeColumn('time', Number.POSITIVE_INFINITY, ({ timeMs }) => timeMs),
  textColumn('kind', 40, ({ kind }) => kind),
  textColumn('state', 90, ({ state }) => state),
  textColumn('title', Number.POSITIVE_INFINITY, ({ title }) => title),
  textColumn('text', 60, ({ text }) => text),
  textColumn('host', 50, ({ host }) => host),
  tagsColumn(30, ({ tags }) => tags),
];

export const command: Command = {
  name: 'events',
  operands: '',
  description: ['Lists the events and service checks of a window, oldest first.'],
  options: {
    ...listOptions,
    ...windowOptions,
    since: textOption('start: 90s 15m 1h 7d ago, yesterday, 14:00, 2026-11-20 14:00 [default: 1d]'),
    state: textOption(`only this: ${[...alertTypes, ...states].join(', ')}`, {
      offers: [...alertTypes, ...states],
    }),
  },
  examples: [
    ['', 'of the last day'],
    ['--since 7d --state critical', 'what was wrong in a week'],
  ],
  epilog: listEpilog,
  async run(flags, terminal, nowMs) {
    beginList(flags, 'none');
    const window = parseWindow(textOf(flags, 'since') ?? '1d', textOf(flags, 'until'), nowMs);
    const state = stateOf(textOf(flags, 'state'));
    const found = await withStores(sourcesOf(flags), async ({ readers, origin }) => {
      const events = await Promise.all(readers.map((reader) => reader.events(window)));
      const checks = await Promise.all(readers.map((reader) => reader.checks(window)));
      const all = [...events.flat().map(ofEvent), ...checks.flat().map(ofCheck)];
      const wanted = all.filter((happening) => state === undefined || happening.state === state);
      if (wanted.length > 0) return wanted;
      throw new NothingToReportError(
        `there is no ${state === undefined ? '' : `${state} `}event or check in ${origin} in ${localWindow(window)}; try --since 7d`,
      );
    });
    found.sort((a, b) => a.timeMs - b.timeMs);
    return writeList(found, columns, flags, terminal);
  },
};

function stateOf(text: string | undefined): string | undefined {
  const known = [...alertTypes, ...states];
  if (text === undefined || known.some((state) => state === text)) return text;
  throw new UsageError(`--state: there is no state ${JSON.stringify(text)}; give ${known.join(', ')}`);
}

function ofEvent({ timeMs, alertType, title, text, host, tags }: EventRecord): Happening {
  return { timeMs, kind: 'event', state: alertType, title, text, host, tags };
}

function ofCheck({ timeMs, status, name, message, host, tags }: CheckRecord): Happening {
  return { timeMs, kind: 'check', state: states[status], title: name, text: message, host, tags };
}
