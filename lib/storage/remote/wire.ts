import type { Partial } from '../../aggregate/partial.js';
import { MetricType, type MetricTypeName, metricTypeNames } from '../../metric.js';
import { DDSketch } from '../../sketch/ddsketch.js';
import { HyperLogLog } from '../../sketch/hyperloglog.js';
import type { StoredPoint, StoredSeries } from '../store.js';

/*
 * What a server's read interface and its client say to each other: lines of JSON, with the field names of
 * lib/docs/http.md.
 */

/** A number as JSON has it; those that JSON has no word for as `{"number":"Infinity"}`. */
export type WireNumber = number | { readonly number: string };

export interface WireSeries extends Omit<StoredSeries, 'type'> {
  readonly type: MetricTypeName;
}

export interface WirePoint {
  readonly series: number;
  readonly time: number;
  readonly step: number;
  readonly [field: string]: WireNumber | string;
}

/** Identifies a series to the server it comes from. */
export type SeriesRef = Pick<StoredSeries, 'id' | 'type'>;

export function toWireSeries({ id, name, type, tags }: StoredSeries): WireSeries {
  return { id, type: metricTypeNames[type], name, tags };
}

export function fromWireSeries({ type, ...series }: WireSeries): StoredSeries {
  return { ...series, type: typeNamed(type) };
}

export function toWirePoint({ seriesId, timeMs, stepMs, partial }: StoredPoint): WirePoint {
  return { series: seriesId, time: timeMs, step: stepMs, ...fieldsOf(partial) };
}

export function fromWirePoint(point: WirePoint, type: MetricType): StoredPoint {
  return {
    seriesId: point.series,
    timeMs: point.time,
    stepMs: point.step,
    partial: partialOf(point, type),
  };
}

function fieldsOf(partial: Readonly<Partial>): Record<string, WireNumber | string> {
  switch (partial.type) {
    case MetricType.Counter:
      return { sum: written(partial.sum), samples: written(partial.samples) };
    case MetricType.Gauge: {
      const { last, lastAtMs, min, max, sum, samples } = partial;
      return {
        ...{ last: written(last), lastAt: written(lastAtMs), min: written(min), max: written(max) },
        ...{ sum: written(sum), samples: written(samples) },
      };
    }
    case MetricType.Set:
      return { members: base64(partial.members.encode()) };
    default: {
      const { samples, count, sum, min, max, sketch } = partial;
      return {
        ...{ samples: written(samples), count: written(count), sum: written(sum) },
        ...{ min: written(min), max: written(max), sketch: base64(sketch.encode()) },
      };
    }
  }
}

function partialOf(point: WirePoint, type: MetricType): Partial {
  const number = (field: string): number => read(point[field]);
  switch (type) {
    case MetricType.Counter:
      return { type, sum: number('sum'), samples: number('samples') };
    case MetricType.Gauge:
      return {
        ...{ type, last: number('last'), lastAtMs: number('lastAt'), min: number('min'), max: number('max') },
        ...{ sum: number('sum'), samples: number('samples') },
      };
    case MetricType.Set:
      return { type, members: HyperLogLog.decode(bytes(point.members)) };
    default:
      return {
        ...{ type, samples: number('samples'), count: number('count'), sum: number('sum') },
        ...{ min: number('min'), max: number('max'), sketch: DDSketch.decode(bytes(point.sketch)) },
      };
  }
}

function written(value: number): WireNumber {
  return Number.isFinite(value) && !Object.is(value, -0) ? value : { number: numberText(value) };
}

function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function read(value: WireNumber | string | undefined): number {
  return Number(typeof value === 'object' ? value.number : value);
}

function base64(encoded: Uint8Array): string {
  return Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength).toString('base64');
}

function bytes(text: unknown): Uint8Array {
  return Buffer.from(String(text), 'base64');
}

/**
 * Series as the text of a query: `counter:1-500,502;timer:7`. A request line has room for some thousand
 * characters, so many series come in several texts.
 */
export function* seriesTexts(series: readonly SeriesRef[], mostCharacters = 6000): Generator<string> {
  const byType = new Map<MetricType, number[]>();
  for (const { id, type } of series) {
    const ids = byType.get(type) ?? [];
    ids.push(id);
    byType.set(type, ids);
  }
  for (const [type, ids] of byType) {
    ids.sort((a, b) => a - b);
    for (let i = 0; i < ids.length; i += mostSeries) {
      yield* textsOf(metricTypeNames[type], ids.slice(i, i + mostSeries), mostCharacters);
    }
  }
}

function* textsOf(type: string, ids: readonly number[], mostCharacters: number): Generator<string> {
  let text = '';
  for (const run of runsOf(ids)) {
    if (text.length + run.length >= mostCharacters) {
      yield text;
      text = '';
    }
    text += text === '' ? `${type}:${run}` : `,${run}`;
  }
  if (text !== '') yield text;
}

/** Undefined for what is no such text. */
export function readSeriesText(text: string): SeriesRef[] | undefined {
  const [name = '', runs = '', ...more] = text.split(':');
  const type = metricTypeNames.indexOf(name as MetricTypeName);
  if (type < 0 || more.length > 0) return undefined;
  const found: SeriesRef[] = [];
  for (const run of runs.split(',')) {
    const [, first, last = first] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(run) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === undefined || to < from || found.length + to - from >= mostSeries) return undefined;
    for (let id = from; id <= to; id += 1) found.push({ id, type: type as MetricType });
  }
  return found;
}

/** In one request. */
export const mostSeries = 10_000;

function* runsOf(ids: readonly number[]): Generator<string> {
  let first = ids[0];
  let last = first;
  if (first === undefined || last === undefined) return;
  for (const id of ids.slice(1)) {
    if (id === last + 1) {
      last = id;
      continue;
    }
    yield first === last ? `${first}` : `${first}-${last}`;
    first = id;
    last = id;
  }
  yield first === last ? `${first}` : `${first}-${last}`;
}

function typeNamed(name: string): MetricType {
  return metricTypeNames.indexOf(name as MetricTypeName) as MetricType;
}
