import type { BadLine, Refusal } from '../../flush/flush.js';
import type { CheckRecord, EventRecord, MetricType } from '../../metric.js';
import type {
  Footprint,
  IngestInterval,
  PointDetail,
  SeriesSelector,
  StoredPoint,
  StoredSeries,
  StoreReader,
  TimeWindow,
} from '../store.js';
import { readExtent } from './extent.js';
import { readFootprints } from './footprints.js';
import { readJoinedIngest } from './ingest-reader.js';
import { readNewest } from './newest.js';
import { type OpenOptions, openForReading } from './open-reading.js';
import type { Owner } from './owner.js';
import { readPoints } from './point-reader.js';
import { readBadLines, readChecks, readEvents, readIngest } from './record-reader.js';
import { readRefusals } from './refusals.js';
import { chunks } from './rows.js';
import { selectIds } from './selector.js';
import { tagsFromText } from './tag-text.js';

const rowsPerBatch = 2000;
const fewSeries = 100;

interface SeriesRow {
  readonly id: number;
  readonly name: string;
  readonly type: MetricType;
  readonly tags: string;
}

const toSeries = ({ id, name, type, tags }: SeriesRow): StoredSeries => ({
  ...{ id, name, type },
  tags: tagsFromText(tags),
});

/** Reads a SQLite database, beside the server that writes it or without one. */
export class SqliteReader implements StoreReader {
  protected constructor(protected readonly reading: Owner) {}

  /**
   * Opens a database read-only. Rejects with DatabaseOpenError, with DatabaseSchemaError for tables of another version, and
   * with NothingToReportError where the file is a database, but not one of Goodall's.
   */
  static async open(path: string, options?: OpenOptions): Promise<SqliteReader> {
    return new SqliteReader(await openForReading(path, options));
  }

  async series(selector: SeriesSelector): Promise<StoredSeries[]> {
    const { sql, values } = selectIds(selector);
    // A few at once; otherwise all ids as one value, and then the rows by their ids in batches: rows are what costs the main
    // thread time.
    const few = await this.reading.all<SeriesRow>(
      `SELECT id, name, type, tags FROM series_key WHERE id IN (SELECT id FROM (${sql}) LIMIT ${fewSeries})`,
      values,
    );
    if (few.length < fewSeries) return few.map(toSeries);
    const [row] = await this.reading.all<{ ids: string }>(
      `SELECT json_group_array(id) AS ids FROM (${sql})`,
      values,
    );
    const found: StoredSeries[] = [];
    for (const ids of chunks(JSON.parse(row!.ids) as number[], rowsPerBatch)) {
      const rows = await this.reading.all<SeriesRow>(
        'SELECT id, name, type, tags FROM series_key WHERE id IN (SELECT value FROM json_each(?))',
        [JSON.stringify(ids)],
      );
      for (const one of rows) found.push(toSeries(one));
    }
    return found;
  }

  points(
    series: readonly StoredSeries[],
    window: TimeWindow,
    detail?: PointDetail,
  ): AsyncIterable<readonly StoredPoint[]> {
    return readPoints(this.reading, series, window, detail);
  }

  newest(series: readonly StoredSeries[], limit: number): Promise<readonly StoredPoint[]> {
    return readNewest(this.reading, series, limit);
  }

  ingest(window: TimeWindow, alignMs?: number): Promise<IngestInterval[]> {
    if (alignMs !== undefined) return readJoinedIngest(this.reading, window, alignMs);
    return readIngest(this.reading, window);
  }

  events(window: TimeWindow): Promise<EventRecord[]> {
    return readEvents(this.reading, window);
  }

  checks(window: TimeWindow): Promise<CheckRecord[]> {
    return readChecks(this.reading, window);
  }

  refusals(window: TimeWindow): Promise<Refusal[]> {
    return readRefusals(this.reading, window);
  }

  badLines(window: TimeWindow): Promise<BadLine[]> {
    return readBadLines(this.reading, window);
  }

  footprints(series: readonly StoredSeries[]): Promise<Footprint[]> {
    return readFootprints(this.reading, series);
  }

  extent(): Promise<TimeWindow | undefined> {
    return readExtent(this.reading);
  }

  close(): Promise<void> {
    return this.reading.close();
  }
}
