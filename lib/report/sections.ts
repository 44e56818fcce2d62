import type { MetricTypeName, Tag } from '../metric.js';
import type { Row } from '../query/row.js';
import { numberColumns, type Staleness, tagsText, trendTexts } from './columns.js';
import { localClock, localDate, localZone, precisionOf } from './local-time.js';
import { duration, plainNumber } from './numbers.js';
import type { Report } from './report.js';
import { printable } from './text.js';

/** The rows of one type, as texts: types differ in what they have, so each gets a table of its own. */
export interface Section {
  readonly type: MetricTypeName;
  /** Tags that every row has; the tags column leaves them out. */
  readonly commonTags: readonly Tag[];
  readonly columns: readonly TextColumn[];
}

export interface TextColumn {
  readonly name: string;
  readonly heading: string;
  readonly align: 'left' | 'right';
  /** Where a text that is too long loses its characters. */
  readonly cut: 'middle' | 'end';
  /** Where room is short the column of least weight goes first; infinite for those that stay. */
  readonly weight: number;
  readonly cells: Cells;
}

/** Texts from top to bottom: a list, or made when they are asked for, since those of a long report are many. */
export interface Cells {
  readonly length: number;
  at(index: number): string | undefined;
}

/** Divides a report by type, in the order in which the types first come up. */
export function sectionsOf(report: Report, raw: boolean): Section[] {
  const byType = new Map<MetricTypeName, Row[]>();
  for (const row of report.rows) append(byType, row.type, row);
  return [...byType].map(([type, rows]) => sectionOf(type, rows, report, raw));
}

function sectionOf(type: MetricTypeName, rows: readonly Row[], report: Report, raw: boolean): Section {
  const commonTags = tagsOfAll(rows);
  const ownTags = tellingTagsFirst(rows, commonTags);
  const columns: TextColumn[] = [];
  const add = (name: string, heading: string, cells: Cells): void => {
    const cut = name === 'tags' ? 'end' : 'middle';
    columns.push({ name, heading, align: 'left', cut, weight: Number.POSITIVE_INFINITY, cells });
  };
  if (report.step !== undefined) add('time', 'TIME', timeTexts(rows));
  add(
    'name',
    `${type.toUpperCase()}S`,
    cellsOf(rows, ({ name }) => printable(name)),
  );
  if (ownTags !== undefined) add('tags', 'TAGS', ownTags);
  const { percentiles } = report;
  for (const { name, heading, weight, text } of numberColumns(type, percentiles, raw, stalenessIn(report))) {
    const kept = name === report.sortColumn ? Number.POSITIVE_INFINITY : weight;
    columns.push({ name, heading, align: 'right', cut: 'end', weight: kept, cells: cellsOf(rows, text) });
  }
  if (rows.some(({ flaw }) => flaw !== undefined)) add('missing', 'MISSING', cellsOf(rows, flawText));
  const trends = trendTexts(rows);
  if (trends !== undefined) {
    const column = { name: 'trend', heading: 'TREND', align: 'left', cut: 'end', weight: 56 } as const;
    columns.push({ ...column, cells: trends });
  }
  return { type, commonTags, columns };
}

/** A value may be two of the shortest buckets old before that is said. A row of a step has its time beside it. */
export function stalenessIn({ answer: { asOfMs, resolution }, step }: Report): Staleness {
  const freshMs = step === undefined ? 2 * (resolution?.minMs ?? 0) : Number.POSITIVE_INFINITY;
  return { asOfMs, freshMs };
}

function flawText({ flaw }: Row): string {
  if (flaw === undefined) return '';
  const dropped = flaw.datagramsDropped > 0 ? `${plainNumber(flaw.datagramsDropped)} datagrams` : undefined;
  const missing = flaw.missingMs > 0 ? `${duration(flaw.missingMs)} without a server` : undefined;
  return [dropped, missing].filter((text) => text !== undefined).join(', ');
}

/**
 * Times of steps in the local zone; with the date, and the offset of the zone, where there is more than one.
 */
function timeTexts(rows: readonly Row[]): Cells {
  const times = new Set(rows.map(({ timeMs }) => timeMs ?? 0));
  const precision = precisionOf(times);
  const dated = new Set([...times].map(localDate)).size > 1;
  const zoned = new Set([...times].map(localZone)).size > 1;
  const textOf = (timeMs: number): string => {
    const date = dated ? `${localDate(timeMs)} ` : '';
    const zone = zoned ? ` ${localZone(timeMs)}` : '';
    return `${date}${localClock(timeMs, precision)}${zone}`;
  };
  return cellsOf(rows, ({ timeMs = 0 }) => textOf(timeMs));
}

/**
 * What tells rows of one name apart goes first, so that it is the last to fall to a narrow column. Undefined
 * where no row has a tag of its own.
 */
function tellingTagsFirst(rows: readonly Row[], commonTags: readonly Tag[]): Cells | undefined {
  if (rows.every(({ tags }) => tags.every((tag) => includes(commonTags, tag)))) return undefined;
  const byName = new Map<string, Row[]>();
  for (const row of rows) append(byName, row.name, row);
  const shared = new Map([...byName].map(([name, same]) => [name, tagsOfAll(same)]));
  return cellsOf(rows, ({ name, tags }) => {
    const own = tags.filter((tag) => !includes(commonTags, tag));
    const telling = own.filter((tag) => !includes(shared.get(name) ?? [], tag));
    return tagsText([...telling, ...own.filter((tag) => !telling.includes(tag))]);
  });
}

function cellsOf(rows: readonly Row[], text: (row: Row) => string): Cells {
  return { length: rows.length, at: (index) => text(rows[index] as Row) };
}

/** A single row has its tags for itself. */
function tagsOfAll(rows: readonly Row[]): Tag[] {
  const [first, ...others] = rows;
  if (first === undefined || others.length === 0) return [];
  return first.tags.filter((tag) => others.every(({ tags }) => includes(tags, tag)));
}

function append<K>(map: Map<K, Row[]>, key: K, row: Row): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [row]);
  else list.push(row);
}

function includes(tags: readonly Tag[], { key, value }: Tag): boolean {
  return tags.some((tag) => tag.key === key && tag.value === value);
}
