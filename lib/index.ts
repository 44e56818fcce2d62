/** What other programs may build on: reading a database, its aggregates, and a server of one's own. */
export type { Partial } from './aggregate/partial.js';
export { type Clock, systemClock } from './clock.js';
export type { Config } from './config/config.js';
export { ExitCode, GoodallError } from './errors.js';
export type { Backend, Flush } from './flush/flush.js';
export { type Logger, lineLogger } from './log.js';
export { MetricType, metricTypeNames, type SeriesKey, type Tag } from './metric.js';
export { type Answer, type Query, runQuery } from './query/query.js';
export { Server } from './server.js';
export { DDSketch } from './sketch/ddsketch.js';
export { HyperLogLog } from './sketch/hyperloglog.js';
export { SqliteReader } from './storage/sqlite/reader.js';
export { SqliteStore } from './storage/sqlite/store.js';
export type { Store, StoreReader } from './storage/store.js';
