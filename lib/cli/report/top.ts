import { ExitCode, NothingToReportError } from '../../errors.js';
import { type MetricTypeName, metricTypeNames } from '../../metric.js';
import type { Row } from '../../query/row.js';
import type { ListColumn } from '../../report/listing.js';
import { digits } from '../../report/numbers.js';
import { printable } from '../../report/text.js';
import { type Refusal, worstRefusals } from '../../series/refusals.js';
import type { StoredSeries } from '../../storage/store.js';
import { readQuestion } from '../report-question.js';
import { type Command, isOn, textOf, textsOf } from './command.js';
import { countColumn, numberColumn, textColumn, timeColumn } from './list-columns.js';
import { beginList, listEpilog, listOptions, sourcesOf, writeList } from './listing.js';
import { selectorOptions, windowOptions } from './options.js';
import { answerOf, withStores } from './stores.js';

interface Name {
  readonly name: string;
  readonly type: MetricTypeName;
  readonly series: number;
  readonly samples: number;
  readonly share: number;
}

interface TagKey {
  readonly tag: string;
  readonly values: number;
  readonly series: number;
  readonly examples: readonly string[];
}

const inner = Number.POSITIVE_INFINITY;

const nameColumns: readonly ListColumn<Name>[] = [
  textColumn('name', inner, ({ name }) => name),
  textColumn('type', 50, ({ type }) => type),
  countColumn('series', 80, ({ series }) => series),
  countColumn('samples', 90, ({ samples }) => samples),
  numberColumn(
    'share',
    70,
    ({ share }) => share,
    ({ share }) => `${digits(share * 100)} %`,
  ),
];

const tagColumns: readonly ListColumn<TagKey>[] = [
  textColumn('tag', inner, ({ tag }) => tag),
  countColumn('values', 90, ({ values }) => values),
  countColumn('series', 80, ({ series }) => series),
  { name: 'examples', align: 'left', weight: 50, value: ({ examples }) => examples, text: examplesText },
];

const refusalColumns: readonly ListColumn<Refusal>[] = [
  textColumn('refused name', inner, ({ name }) => (name === '' ? '(many others)' : name)),
  textColumn('limit', 60, ({ limit }) => limit),
  countColumn('refused', 90, ({ refused }) => refused),
  textColumn('tag', 80, ({ tag }) => tag),
  countColumn('values', 80, ({ values }) => values),
  textColumn('sender', 90, ({ sender }) => sender),
  timeColumn('last', 50, ({ lastSeenMs }) => lastSeenMs),
  textColumn('sample', 40, ({ sample }) => sample),
];

const defaultLimit = '20';

export const command: Command = {
  name: 'top',
  operands: '[pattern ...]',
  description: [
    'Names in order of the samples they sent in the window, then tags in order of how many values they have:',
    'each value of a tag makes a series of its own. A third list has the names whose new series a server refused,',
    'for there were too many: with the tag and the sender that make them. For formats other than table, --tags',
    'gives the second list and --refused the third.',
    'Samples of a timer count as often as their sample rate says; a set counts its distinct members.',
  ],
  options: {
    ...listOptions,
    ...windowOptions,
    ...selectorOptions,
    tags: { type: 'boolean', describe: 'only the list of tags' },
    refused: { type: 'boolean', describe: 'only the list of names that were refused series' },
  },
  examples: [
    ['', 'of the last hour'],
    ['--tags --format json', 'the tags, for a program'],
    ['--refused --since 1d', 'who made too many series'],
  ],
  epilog: listEpilog,
  async run(flags, terminal, nowMs) {
    beginList(flags, 'patterns');
    const [type, tag] = [textsOf(flags, 'type'), textsOf(flags, 'tag')];
    const [since, until] = [textOf(flags, 'since'), textOf(flags, 'until')];
    const question = readQuestion({ patterns: flags.operands, type, tag, since, until }, nowMs);
    const { names, tags, refusals } = await withStores(sourcesOf(flags), async (stores) => {
      const { rows } = await answerOf(stores, { ...question, percentiles: [], groupBy: [], nowMs });
      const lists = await Promise.all(stores.readers.map((reader) => reader.series(question.selector)));
      const series = distinct(lists.flat());
      const refused = await Promise.all(stores.readers.map((reader) => reader.refusals(question.window)));
      const refusals = worstRefusals(refused.flat());
      return { names: namesOf(rows, series), tags: tagKeysOf(series), refusals };
    });
    const limited = { ...flags, options: { limit: defaultLimit, ...flags.options } };
    const isTable = (textOf(flags, 'format') ?? 'table') === 'table';
    const [onlyTags, onlyRefused] = [isOn(flags, 'tags'), isOn(flags, 'refused')];
    if (onlyRefused && refusals.length === 0)
      throw new NothingToReportError('no server refused a series in this time, which is as it should be');
    if (onlyTags && tags.length === 0) throw new NothingToReportError('no series here has a tag');
    if (onlyRefused) return writeList(refusals, refusalColumns, limited, terminal);
    if (onlyTags) return writeList(tags, tagColumns, limited, terminal);
    await writeList(names, nameColumns, limited, terminal);
    if (!isTable) return ExitCode.Ok;
    await terminal.write('\n');
    await writeList(tags, tagColumns, limited, terminal);
    if (refusals.length === 0) return ExitCode.Ok;
    await terminal.write('\n');
    return writeList(refusals, refusalColumns, limited, terminal);
  },
};

function namesOf(rows: readonly Row[], series: readonly StoredSeries[]): Name[] {
  const total = rows.reduce((sum, { count }) => sum + count, 0);
  const seriesOf = new Map<string, number>();
  for (const { name, type } of series) {
    const key = JSON.stringify([name, metricTypeNames[type]]);
    seriesOf.set(key, (seriesOf.get(key) ?? 0) + 1);
  }
  return rows
    .map(({ name, type, count }) => ({
      name,
      type,
      series: seriesOf.get(JSON.stringify([name, type])) ?? 0,
      samples: count,
      share: total === 0 ? 0 : count / total,
    }))
    .sort((a, b) => b.samples - a.samples);
}

function tagKeysOf(series: readonly StoredSeries[]): TagKey[] {
  const keys = new Map<string, { readonly values: Map<string, number>; series: number }>();
  for (const { tags } of series) {
    for (const { key, value } of tags) {
      const own = keys.get(key) ?? { values: new Map<string, number>(), series: 0 };
      own.values.set(value, (own.values.get(value) ?? 0) + 1);
      own.series += 1;
      keys.set(key, own);
    }
  }
  return [...keys]
    .map(([tag, own]) => ({
      tag,
      values: own.values.size,
      series: own.series,
      examples: [...own.values]
        .sort(([, a], [, b]) => b - a)
        .slice(0, 3)
        .map(([value]) => value),
    }))
    .sort((a, b) => b.values - a.values || b.series - a.series);
}

function examplesText({ examples, values }: TagKey): string {
  return examples.map(printable).join(', ') + (values > examples.length ? ', …' : '');
}

/** A series that several databases hold counts once. */
function distinct(series: readonly StoredSeries[]): StoredSeries[] {
  return [...new Map(series.map((one) => [JSON.stringify([one.type, one.name, one.tags]), one])).values()];
}
