/** A table as it is exported: its key, which orders the rows. */
export interface ExportTable {
  readonly name: string;
  readonly key: readonly string[];
}

/** All a database holds but points, which may be in blocks, in an order in which it can be read back. */
export const exportTables: readonly ExportTable[] = [
  { name: 'tier', key: ['step_ms'] },
  { name: 'rolled', key: ['points', 'step_ms'] },
  { name: 'meta', key: ['key'] },
  { name: 'series_key', key: ['id'] },
  { name: 'tag', key: ['id'] },
  { name: 'series_tag', key: ['tag', 'series'] },
  { name: 'series_span', key: ['series'] },
  { name: 'flush', key: ['id'] },
  { name: 'event', key: ['id'] },
  { name: 'service_check', key: ['id'] },
  { name: 'bad_line', key: ['reason', 'sender'] },
  { name: 'refusal', key: ['guard', 'name'] },
];

/** First line of an export: whose it is, and the version of the tables. */
export interface ExportHeader {
  readonly goodall: 'export';
  readonly version: number;
}
