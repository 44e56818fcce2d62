import type { SeriesKey, Tag } from '../../metric.js';
import { findOrAdd, type NumberedTable } from './find-or-add.js';
import type { Session } from './owner.js';
import { bindable, chunks, placeholders, rowsPerStatement } from './rows.js';
import { tagsToText } from './tag-text.js';

const seriesTable: NumberedTable = { name: 'series_key', columns: ['name', 'type', 'tags'] };
const tagTable: NumberedTable = { name: 'tag', columns: ['key', 'value'] };

/**
 * The ids of series, given out at first sight. Remembered by the key object itself: the aggregator hands over the
 * same one in every flush, so that no text is made, and what it forgets is forgotten here too.
 */
export class SeriesIds {
  private known = new WeakMap<SeriesKey, number>();

  /** Ids of the keys, in their order. Runs inside the write transaction that will use them. */
  async resolve(session: Session, keys: readonly SeriesKey[]): Promise<number[]> {
    const unknown = keys.filter((key) => !this.known.has(key));
    for (const part of chunks(unknown, rowsPerStatement)) await this.learn(session, part);
    return keys.map((key) => this.known.get(key)!);
  }

  /** After a rollback: some of the ids were never stored. */
  forget(): void {
    this.known = new WeakMap();
  }

  private async learn(session: Session, keys: readonly SeriesKey[]): Promise<void> {
    const rows = keys.map(({ name, type, tags }) => [name, bindable(type), tagsToText(tags)]);
    const { ids, added } = await findOrAdd(session, seriesTable, rows);
    for (const [i, key] of keys.entries()) this.known.set(key, ids[i]!);
    const links = added.flatMap((i) => keys[i]!.tags.map((tag) => ({ tag, series: ids[i]! })));
    for (const part of chunks(links, rowsPerStatement)) await linkTags(session, part);
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
    `INSERT OR IGNORE INTO series_tag (tag, series) VALUES ${placeholders(links.length, 2)}`,
    links.flatMap(({ series }, i) => [bindable(ids[i]!), bindable(series)]),
  );
}
