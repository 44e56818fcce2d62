import type { Tag } from '../../metric.js';
import { tagText } from '../../query/sort.js';
import type { ListColumn } from '../../report/listing.js';
import { localClock, localDate, localZone } from '../../report/local-time.js';
import { plainNumber } from '../../report/numbers.js';

/** A moment: ISO 8601 UTC for programs, local for people. */
export function timeColumn<Item>(
  name: string,
  weight: number,
  timeMs: (item: Item) => number | undefined,
): ListColumn<Item> {
  return {
    name,
    align: 'left',
    weight,
    value: (item) => isoTime(timeMs(item)),
    text: (item) => localTime(timeMs(item)),
  };
}

export function tagsColumn<Item>(weight: number, tags: (item: Item) => readonly Tag[]): ListColumn<Item> {
  return {
    name: 'tags',
    align: 'left',
    weight,
    // A key may come twice: its values are joined, as in the rows of a report.
    value: (item) => Object.fromEntries(joined(tags(item))),
    text: (item) => tagText({ tags: tags(item) }).replaceAll(',', ' '),
  };
}

export function textColumn<Item>(
  name: string,
  weight: number,
  value: (item: Item) => string | undefined,
): ListColumn<Item> {
  return { name, align: 'left', weight, value };
}

export function numberColumn<Item>(
  name: string,
  weight: number,
  value: (item: Item) => number,
  text: (item: Item) => string,
): ListColumn<Item> {
  return { name, align: 'right', weight, value, text };
}

/** A number of things, whole. */
export function countColumn<Item>(
  name: string,
  weight: number,
  value: (item: Item) => number,
): ListColumn<Item> {
  return numberColumn(name, weight, value, (item) => plainNumber(value(item)));
}

function joined(tags: readonly Tag[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const { key, value } of tags) {
    const known = values.get(key);
    values.set(key, known === undefined ? value : `${known},${value}`);
  }
  return values;
}

function isoTime(timeMs: number | undefined): string | undefined {
  return timeMs === undefined ? undefined : new Date(timeMs).toISOString();
}

function localTime(timeMs: number | undefined): string {
  return timeMs === undefined
    ? ''
    : `${localDate(timeMs)} ${localClock(timeMs, 'seconds')} ${localZone(timeMs)}`;
}
