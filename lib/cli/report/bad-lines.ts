import { NothingToReportError } from '../../errors.js';
import type { BadLine } from '../../flush/flush.js';
import { parseWindow } from '../../query/time.js';
import type { ListColumn } from '../../report/listing.js';
import { type Command, textOf, textOption } from './command.js';
import { countColumn, textColumn, timeColumn } from './list-columns.js';
import { beginList, listEpilog, listOptions, sourcesOf, writeList } from './listing.js';
import { windowOptions } from './options.js';
import { withStores } from './stores.js';

const columns: readonly ListColumn<BadLine>[] = [
  textColumn('reason', Number.POSITIVE_INFINITY, ({ reason }) => reason),
  textColumn('sender', 80, ({ sender }) => sender),
  countColumn('count', 90, ({ count }) => count),
  timeColumn('first', 30, ({ firstSeenMs }) => firstSeenMs),
  timeColumn('last', 50, ({ lastSeenMs }) => lastSeenMs),
  textColumn('sample', 70, ({ sample }) => sample),
];

export const command: Command = {
  name: 'bad-lines',
  operands: '',
  description: [
    'Lists the lines that no server could read, by reason and sender, the latest first. A count is of all time.',
  ],
  options: { ...listOptions, ...windowOptions, since: textOption('seen since then [default: ever]') },
  examples: [
    ['', 'all there were'],
    ['--since 10m', 'whether it still happens'],
  ],
  epilog: listEpilog,
  async run(flags, terminal, nowMs) {
    beginList(flags, 'none');
    const window = parseWindow(textOf(flags, 'since') ?? '1970-01-01T00:00Z', textOf(flags, 'until'), nowMs);
    const found = await withStores(sourcesOf(flags), async ({ readers, origin }) => {
      const lists = await Promise.all(readers.map((reader) => reader.badLines(window)));
      if (lists.flat().length === 0) {
        throw new NothingToReportError(
          `there is no bad line in ${origin} in this time, which is as it should be`,
        );
      }
      return lists.flat();
    });
    found.sort((a, b) => b.lastSeenMs - a.lastSeenMs);
    return writeList(found, columns, flags, terminal);
  },
};
