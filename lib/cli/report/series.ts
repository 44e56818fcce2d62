import { NothingToReportError } from '../../errors.js';
import { compareText, type MetricTypeName, metricTypeNames, type Tag } from '../../metric.js';
import { parseSelector } from '../../query/selector.js';
import { explainShortage } from '../../query/shortage.js';
import { tagText } from '../../query/sort.js';
import type { ListColumn } from '../../report/listing.js';
import { quantity } from '../../report/numbers.js';
import type { SeriesSelector } from '../../storage/store.js';
import { shortageText } from '../report-shortage.js';
import { type Command, textsOf } from './command.js';
import { countColumn, numberColumn, tagsColumn, textColumn, timeColumn } from './list-columns.js';
import { beginList, listEpilog, listOptions, sourcesOf, writeList } from './listing.js';
import { selectorOptions } from './options.js';
import { type Stores, withStores } from './stores.js';

interface Listed {
  readonly name: string;
  readonly type: MetricTypeName;
  readonly tags: readonly Tag[];
  points: number;
  bytes: number;
  firstMs: number | undefined;
  lastMs: number | undefined;
}

const columns: readonly ListColumn<Listed>[] = [
  textColumn('name', Number.POSITIVE_INFINITY, ({ name }) => name),
  textColumn('type', 80, ({ type }) => type),
  tagsColumn(70, ({ tags }) => tags),
  timeColumn('first', 30, ({ firstMs }) => firstMs),
  timeColumn('last', 60, ({ lastMs }) => lastMs),
  countColumn('points', 50, ({ points }) => points),
  numberColumn(
    'bytes',
    40,
    ({ bytes }) => bytes,
    ({ bytes }) => quantity(bytes, { kind: 'bytes', factor: 1 }),
  ),
];

export const command: Command = {
  name: 'series',
  operands: '[pattern ...]',
  description: [
    'Lists what is stored, whatever the window, those that take most first. Bytes are those of the points',
    'themselves, roughly; the file has indexes and free space besides.',
  ],
  options: { ...listOptions, ...selectorOptions },
  examples: [
    ['', 'everything'],
    ["'disk_*' --tag mount:/", 'those of a disk'],
    ['--format jsonl', 'for a program'],
  ],
  epilog: listEpilog,
  async run(flags, terminal, nowMs) {
    beginList(flags, 'patterns');
    const selector = parseSelector({
      patterns: flags.operands,
      types: textsOf(flags, 'type'),
      tags: textsOf(flags, 'tag'),
    });
    const found = await withStores(sourcesOf(flags), (stores) => listedOf(stores, selector, nowMs));
    const ordered = found.sort(
      (a, b) => b.bytes - a.bytes || compareText(a.name, b.name) || compareText(tagText(a), tagText(b)),
    );
    return writeList(ordered, columns, flags, terminal);
  },
};

async function listedOf(
  { readers, origin }: Stores,
  selector: SeriesSelector,
  nowMs: number,
): Promise<Listed[]> {
  const found = new Map<string, Listed>();
  for (const reader of readers) {
    const series = await reader.series(selector);
    const footprints = await reader.footprints(series);
    for (const [i, { name, type, tags }] of series.entries()) {
      const footprint = footprints[i]!;
      const key = JSON.stringify([type, name, tags]);
      const known = found.get(key);
      if (known === undefined) found.set(key, { name, type: metricTypeNames[type], tags, ...footprint });
      else merge(known, footprint);
    }
  }
  if (found.size === 0) {
    const shortage = await explainShortage(readers, selector, undefined);
    const window = { sinceMs: 0, untilMs: nowMs };
    throw new NothingToReportError(shortageText(shortage, origin, selector.patterns ?? [], window, nowMs));
  }
  return [...found.values()];
}

function merge(into: Listed, from: Pick<Listed, 'points' | 'bytes' | 'firstMs' | 'lastMs'>): void {
  into.points += from.points;
  into.bytes += from.bytes;
  into.firstMs = Math.min(into.firstMs ?? Infinity, from.firstMs ?? Infinity);
  into.lastMs = Math.max(into.lastMs ?? 0, from.lastMs ?? 0);
}
