import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckRecord, EventRecord, MetricTypeName, Tag } from '../../lib/metric.js';
import type { Dialect } from '../../lib/protocol/dialect.js';
import type { rejectNames } from '../../lib/protocol/reject.js';
import { root } from './source-files.js';

/** Text in a table of `spec/fixtures`: a string, or parts that are strings, raw bytes in hex and repetitions. */
type Text = string | readonly Part[];
type Part = string | { readonly hex: string } | { readonly repeat: string; readonly times: number };
type RawTags = readonly (readonly [Text, Text])[];
type RejectName = (typeof rejectNames)[number];

interface RawRow {
  readonly dialects: readonly Dialect[];
  readonly line: Text;
  /** True if left out. */
  readonly sanitizeNames?: boolean;
}

/** `{ "timer": 3, "weight": 10, "times": 2 }` is two samples of a timer; `weight` and `times` are 1 if left out. */
type RawSample = { readonly [type in MetricTypeName]?: number | Text } & {
  readonly weight?: number;
  readonly delta?: boolean;
  readonly times?: number;
};

interface RawAccepted extends RawRow {
  readonly name: Text;
  readonly tags?: RawTags;
  readonly samples: readonly RawSample[];
  readonly timestampSeconds?: number;
  readonly unknownFields?: number;
  readonly rejectedBits?: number;
  readonly reject?: RejectName;
}

interface RawRejected extends RawRow {
  readonly reject: RejectName;
  readonly rejectedBits?: number;
}

type RawEvent = RawRow &
  Partial<Omit<EventRecord, 'title' | 'text' | 'tags'>> & { title: Text; text: Text; tags?: RawTags };
type RawCheck = RawRow &
  Partial<Omit<CheckRecord, 'name' | 'tags'>> &
  Pick<CheckRecord, 'status'> & { name: Text; tags?: RawTags };

/** A line of a table in one of its dialects. */
export interface Row {
  readonly dialect: Dialect;
  readonly sanitizeNames: boolean;
  readonly bytes: Uint8Array;
  /** For the message of a failed expectation. */
  readonly title: string;
}

export interface ExpectedSample {
  readonly type: MetricTypeName;
  readonly value: number;
  readonly weight: number;
  readonly delta: boolean;
  /** Of a set only. */
  readonly member: string | undefined;
}

/** What is read from a metric line. */
export interface ExpectedMetric {
  readonly name: string;
  readonly tags: readonly Tag[];
  readonly samples: readonly ExpectedSample[];
  readonly timestampSeconds: number;
  readonly unknownFields: number;
  readonly rejectedBits: number;
  /** Undefined while `rejectedBits` is 0. */
  readonly reject: RejectName | undefined;
}

/** The time to give to `event` and `check` for the expected records. */
export const tableNowMs = 1_700_000_000_123;

/** Metric lines with everything that is read from them. */
export function acceptedRows(): readonly (Row & { readonly metric: ExpectedMetric })[] {
  return rowsOf('accepted', (raw: RawAccepted) => ({
    metric: {
      name: textOf(raw.name),
      tags: tagsOf(raw.tags),
      samples: raw.samples.flatMap(samplesOf),
      timestampSeconds: raw.timestampSeconds ?? 0,
      unknownFields: raw.unknownFields ?? 0,
      rejectedBits: raw.rejectedBits ?? 0,
      reject: raw.reject,
    },
  }));
}

/** Lines of which nothing is accepted, with the (first) reason. */
export function rejectedRows(): readonly (Row & { reject: RejectName; rejectedBits: number })[] {
  return rowsOf('rejected', (raw: RawRejected) => ({
    reject: raw.reject,
    rejectedBits: raw.rejectedBits ?? 1,
  }));
}

/** Lines that are no lines. */
export function blankRows(): readonly Row[] {
  return rowsOf('blank', () => ({}));
}

export function eventRows(): readonly (Row & { readonly event: EventRecord })[] {
  return rowsOf('events', (raw: RawEvent) => ({
    event: {
      timeMs: raw.timeMs ?? tableNowMs,
      title: textOf(raw.title),
      text: textOf(raw.text),
      host: raw.host,
      aggregationKey: raw.aggregationKey,
      priority: raw.priority ?? 'normal',
      sourceType: raw.sourceType,
      alertType: raw.alertType ?? 'info',
      tags: tagsOf(raw.tags),
    },
  }));
}

export function checkRows(): readonly (Row & { readonly check: CheckRecord })[] {
  return rowsOf('checks', (raw: RawCheck) => ({
    check: {
      timeMs: raw.timeMs ?? tableNowMs,
      name: textOf(raw.name),
      status: raw.status,
      host: raw.host,
      message: raw.message,
      tags: tagsOf(raw.tags),
    },
  }));
}

/** Every line of every table, once, whatever its dialects: real bytes to mutate. */
export function allTableLines(): readonly Uint8Array[] {
  const rows = ['accepted', 'rejected', 'events', 'checks'].flatMap((table) => readTable<RawRow>(table));
  return rows.map(({ line }) => bytesOf(line));
}

function rowsOf<R extends RawRow, Expected>(
  table: string,
  expected: (raw: R) => Expected,
): (Row & Expected)[] {
  return readTable<R>(table).flatMap((raw) =>
    raw.dialects.map((dialect) => ({
      dialect,
      sanitizeNames: raw.sanitizeNames ?? true,
      bytes: bytesOf(raw.line),
      title: `${dialect}: ${JSON.stringify(raw.line)}`,
      ...expected(raw),
    })),
  );
}

function readTable<R extends RawRow>(table: string): readonly R[] {
  return JSON.parse(readFileSync(join(root, 'spec', 'fixtures', `${table}.json`), 'utf8')) as R[];
}

function samplesOf({ weight = 1, delta = false, times = 1, ...rest }: RawSample): ExpectedSample[] {
  const [type, value] = Object.entries(rest)[0] as [MetricTypeName, number | Text];
  const sample =
    typeof value === 'number'
      ? { type, value, weight, delta, member: undefined }
      : { type, value: 0, weight, delta, member: textOf(value) };
  return new Array(times).fill(sample);
}

function tagsOf(pairs: RawTags = []): Tag[] {
  return pairs.map(([key, value]) => ({ key: textOf(key), value: textOf(value) }));
}

function textOf(text: Text): string {
  return Buffer.from(bytesOf(text)).toString();
}

function bytesOf(text: Text): Uint8Array {
  const parts = typeof text === 'string' ? [text] : text;
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'string') return Buffer.from(part);
      return 'hex' in part ? Buffer.from(part.hex, 'hex') : Buffer.from(part.repeat.repeat(part.times));
    }),
  );
}
