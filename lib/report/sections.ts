import type { MetricTypeName, Tag } from '../metric.js';
import type { Row } from '../query/row.js';
import { numberColumns, type Staleness, tagsText, trendText } from './columns.js';
import { localClock, localDate, localZone, precisionOf } from './local-time.js';
import { duration, plainNumber } from './numbers.js';
import type { Report } from './report.js';
import { type Cells, SectionRows } from './section-rows.js';
import { inOrderOf, tellingKeys } from './telling-tags.js';
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

/** Divides a report by type, in the order in which the types first come up. */
export function sectionsOf(report: Report, raw: boolean): Section[] {
  const byType = new Map<MetricTypeName, SectionRows>();
  for (const row of report.rows) {
    let section = byType.get(row.type);
    if (section === undefined) {
      section = new SectionRows(row.type, report.rows);
      byType.set(row.type, section);
    }
    section.note(row);
  }
  return [...byType].map(([type, rows]) => sectionOf(type, rows, report, raw));
}

function sectionOf(type: MetricTypeName, rows: SectionRows, report: Report, raw: boolean): Section {
  // A single row has its tags for itself.
  const commonTags = rows.length === 1 ? [] : tagsOfAll(rows.tags);
  const columns: TextColumn[] = [];
  const add = (name: string, heading: string, text: (row: Row) => string): void => {
    const cut = name === 'tags' ? 'end' : 'middle';
    const cells = rows.cells(text);
    columns.push({ name, heading, align: 'left', cut, weight: Number.POSITIVE_INFINITY, cells });
  };
  if (report.step !== undefined) add('time', 'TIME', timeText(rows.timesMs));
  add('name', `${type.toUpperCase()}S`, ({ name }) => printable(name));
  const isTelling = rows.tags.some((tags) => tags.some((tag) => !includes(commonTags, tag)));
  if (isTelling) add('tags', 'TAGS', tellingTagsFirst(rows, commonTags));
  const { percentiles } = report;
  for (const { name, heading, weight, text } of numberColumns(type, percentiles, raw, stalenessIn(report))) {
    const kept = name === report.sortColumn ? Number.POSITIVE_INFINITY : weight;
    columns.push({ name, heading, align: 'right', cut: 'end', weight: kept, cells: rows.cells(text) });
  }
  if (rows.haveFlaws) add('missing', 'MISSING', flawText);
  if (rows.haveTrends) {
    const column = { name: 'trend', heading: 'TREND', align: 'left', cut: 'end', weight: 56 } as const;
    columns.push({ ...column, cells: rows.cells(trendText) });
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
function timeText(timesMs: ReadonlySet<number>): (row: Row) => string {
  const precision = precisionOf(timesMs);
  const dated = new Set([...timesMs].map(localDate)).size > 1;
  const zoned = new Set([...timesMs].map(localZone)).size > 1;
  return ({ timeMs = 0 }) => {
    const date = dated ? `${localDate(timeMs)} ` : '';
    const zone = zoned ? ` ${localZone(timeMs)}` : '';
    return `${date}${localClock(timeMs, precision)}${zone}`;
  };
}

/** What tells rows of one name apart goes first, so that it is the last to fall to a narrow column. */
function tellingTagsFirst(rows: SectionRows, commonTags: readonly Tag[]): (row: Row) => string {
  const keys = new Map([...rows.tagsByName].map(([name, same]) => [name, tellingKeys(same)]));
  return ({ name, tags }) => {
    const own = tags.filter((tag) => !includes(commonTags, tag));
    return tagsText(inOrderOf(keys.get(name) ?? [], own));
  };
}

function tagsOfAll(all: readonly (readonly Tag[])[]): Tag[] {
  const [first, ...others] = all;
  if (first === undefined) return [];
  return first.filter((tag) => others.every((tags) => includes(tags, tag)));
}

function includes(tags: readonly Tag[], { key, value }: Tag): boolean {
  return tags.some((tag) => tag.key === key && tag.value === value);
}
