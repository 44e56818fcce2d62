import type { FlushPoints } from '../../flush/flush.js';
import type { SeriesKey, Tag } from '../../metric.js';
import type { SeriesNotes, SeriesNumbering } from '../../series/numbering.js';
import { findOrAdd, type NumberedTable } from './find-or-add.js';
import type { Session } from './owner.js';
import { chunks, jsonOf } from './rows.js';
import { tagsToText } from './tag-text.js';
import type { WriteCache } from './write-cache.js';

const seriesTable: NumberedTable = { name: 'series_key', columns: ['name', 'type', 'tags'] };
const tagTable: NumberedTable = { name: 'tag', columns: ['key', 'value'] };

/** Series looked for at once: with their tags two or three milliseconds of the main thread. */
const seriesAtOnce = 512;
const linksAtOnce = 2048;

/** New series among those resolved at once that are worth a wider cache. */
const manyNew = 512;

/**
 * The ids of series, given out at first sight. Remembered by the series' ref where it has one, so that its key is not
 * even made, and else by the key object itself.
 */
export class SeriesIds {
  private byRef = new WeakMap<SeriesNumbering, SeriesNotes>();
  private byKey = new WeakMap<SeriesKey, number>();

  constructor(private readonly cache: WriteCache) {}

  /** Ids of the series of the points in `[start, end)`. Runs inside the write transaction that will use them. */
  async resolve(session: Session, points: FlushPoints, start: number, end: number): Promise<number[]> {
    const { columns } = points;
    if (columns === undefined) {
      const keys = Array.from({ length: end - start }, (_, i) => points.at(start + i)!.series);
      await this.learnKeys(session, keys);
      return keys.map((key) => this.byKey.get(key)!);
    }
    const notes = this.byRef.get(columns.numbering) ?? columns.numbering.notes();
    this.byRef.set(columns.numbering, notes);
    const refs = Array.from({ length: end - start }, (_, i) => columns.ref(start + i));
    const unknown = refs.filter((ref) => notes.get(ref) === 0);
    if (unknown.length >= manyNew) await this.cache.widen(session);
    for (const part of chunks(unknown, seriesAtOnce)) {
      const ids = await this.learn(
        session,
        part.map((ref) => columns.numbering.keyOf(ref)),
      );
      for (const [i, ref] of part.entries()) notes.set(ref, ids[i]!);
    }
    return refs.map((ref) => notes.get(ref));
  }

  /** After a rollback: some of the ids were never stored. */
  forget(): void {
    this.byRef = new WeakMap();
    this.byKey = new WeakMap();
  }

  private async learnKeys(session: Session, keys: readonly SeriesKey[]): Promise<void> {
    const unknown = keys.filter((key) => !this.byKey.has(key));
    for (const part of chunks(unknown, seriesAtOnce)) {
      const ids = await this.learn(session, part);
      for (const [i, key] of part.entries()) this.byKey.set(key, ids[i]!);
    }
  }

  private async learn(session: Session, keys: readonly SeriesKey[]): Promise<readonly number[]> {
    const rows = keys.map(({ name, type, tags }) => [name, type, tagsToText(tags)]);
    const { ids, added } = await findOrAdd(session, seriesTable, rows);
    const links = added.flatMap((i) => keys[i]!.tags.map((tag) => ({ tag, series: ids[i]! })));
    for (const part of chunks(links, linksAtOnce)) await linkTags(session, part);
    return ids;
  }
}

async function linkTags(session: Session, links: readonly { tag: Tag; series: number }[]): Promise<void> {
  const { ids } = await findOrAdd(
    session,
    tagTable,
    links.map(({ tag }) => [tag.key, tag.value]),
  );
  // OR IGNORE: a key whose tags are not canonical may carry one tag twice.
  await session.run(
    `INSERT OR IGNORE INTO series_tag (tag, series)
     SELECT value ->> 0, value ->> 1 FROM json_each(?)`,
    [jsonOf(links.map(({ series }, i) => [ids[i]!, series]))],
  );
}
