import type { DistributionPartial, GaugePartial, Partial } from '../../aggregate/partial.js';
import { MetricType } from '../../metric.js';
import { DDSketch } from '../../sketch/ddsketch.js';
import { HyperLogLog } from '../../sketch/hyperloglog.js';
import type { BlockLayout, NumberColumn } from '../block/columns.js';
import {
  ruleFirst,
  ruleFirstRange,
  ruleMiddle,
  ruleRange,
  ruleTurn,
  ruleTurnHigh,
  ruleTurnLow,
  ruleTurnRange,
} from '../block/rules.js';
import type { SqlValue } from './owner.js';
import { bindable } from './rows.js';

/** A row of a point table as the driver returns it. */
export type PointRow = { readonly series: number; readonly time_ms: number } & Readonly<
  Record<string, number | Uint8Array | null>
>;

/** How one kind of partial lies in its table. */
export interface PointTable {
  readonly name: string;
  readonly types: readonly MetricType[];
  /** Columns of the value, in the order in which `append` gives them. */
  readonly columns: readonly string[];
  /** What stands for the table in `block`, and how its points lie in the body of one. */
  readonly kind: number;
  readonly layout: BlockLayout;
  append(into: SqlValue[], partial: Partial, timeMs: number): void;
  read(row: PointRow, type: MetricType): Partial;
  /**
   * The partial of a point in a block.
   *
   * @param numbers in the order of the layout; NaN for NULL
   */
  unpack(numbers: Float64Array, timeMs: number, type: MetricType, sketch: () => Uint8Array): Partial;
}

/** One bucket of one kind of partial. */
export interface Bucket {
  readonly table: PointTable;
  readonly stepMs: number;
  readonly timeMs: number;
}

/** A partial on its way to the row of a series. */
export interface Placed {
  readonly id: number;
  readonly partial: Partial;
}

const counterTable: PointTable = {
  name: 'counter_point',
  types: [MetricType.Counter],
  columns: ['sum', 'samples'],
  kind: 0,
  layout: { numbers: [{ name: 'samples' }, { name: 'sum', guess: ruleFirst }], hasSketch: false },
  append(into, partial) {
    const { sum, samples } = partial as Extract<Partial, { type: typeof MetricType.Counter }>;
    into.push(bindable(sum), bindable(samples));
  },
  read: (row) => ({ type: MetricType.Counter, sum: real(row.sum), samples: real(row.samples) }),
  unpack: (numbers) => ({ type: MetricType.Counter, sum: numbers[1]!, samples: numbers[0]! }),
};

const timeOfGauge: readonly NumberColumn[] = [
  { name: 'last' },
  { name: 'last_after_ms' },
  { name: 'samples' },
];

const sumOfGauge: NumberColumn = { name: 'sum', guess: ruleMiddle, spread: ruleRange };

const gaugeTable: PointTable = {
  name: 'gauge_point',
  types: [MetricType.Gauge],
  columns: ['last', 'last_after_ms', 'samples', 'min', 'max', 'sum'],
  kind: 1,
  layout: {
    numbers: [
      ...timeOfGauge,
      { name: 'min', guess: ruleTurnLow, side: ruleTurn },
      { name: 'max', guess: ruleTurnHigh, spread: ruleTurnRange, side: ruleTurn },
      sumOfGauge,
    ],
    numbers2: [
      ...timeOfGauge,
      { name: 'min', guess: ruleFirst },
      { name: 'max', guess: ruleFirst, spread: ruleFirstRange },
      sumOfGauge,
    ],
    hasSketch: false,
  },
  append(into, partial, timeMs) {
    const { last, lastAtMs, samples, min, max, sum } = partial as GaugePartial;
    into.push(bindable(last), bindable(lastAtMs - timeMs), bindable(samples));
    // Most gauges are set once in an interval; that one value is not stored four times.
    if (samples === 1 && min === last && max === last && sum === last) into.push(null, null, null);
    else into.push(bindable(min), bindable(max), bindable(sum));
  },
  read(row) {
    const last = real(row.last);
    return {
      type: MetricType.Gauge,
      last,
      lastAtMs: row.time_ms + real(row.last_after_ms),
      min: real(row.min ?? last),
      max: real(row.max ?? last),
      sum: real(row.sum ?? last),
      samples: real(row.samples),
    };
  },
  unpack(numbers, timeMs) {
    const last = numbers[0]!;
    const orLast = (value: number): number => (Number.isNaN(value) ? last : value);
    return {
      type: MetricType.Gauge,
      last,
      lastAtMs: timeMs + numbers[1]!,
      min: orLast(numbers[3]!),
      max: orLast(numbers[4]!),
      sum: orLast(numbers[5]!),
      samples: numbers[2]!,
    };
  },
};

const distributionTable: PointTable = {
  name: 'distribution_point',
  types: [MetricType.Timer, MetricType.Distribution],
  columns: ['samples', 'count', 'sum', 'min', 'max', 'sketch'],
  kind: 2,
  layout: {
    numbers: [
      { name: 'samples' },
      { name: 'count', guess: ruleFirst },
      ...['sum', 'min', 'max'].map((name) => ({ name })),
    ],
    hasSketch: true,
  },
  append(into, partial) {
    const { samples, count, sum, min, max, sketch } = partial as DistributionPartial;
    into.push(
      bindable(samples),
      bindable(count),
      bindable(sum),
      bindable(min),
      bindable(max),
      sketch.encode(),
    );
  },
  read: (row, type) => ({
    type: type as DistributionPartial['type'],
    samples: real(row.samples),
    count: real(row.count),
    sum: real(row.sum),
    min: real(row.min),
    max: real(row.max),
    sketch: DDSketch.encoded(row.sketch as Uint8Array),
  }),
  unpack: (numbers, _timeMs, type, sketch) => ({
    type: type as DistributionPartial['type'],
    samples: numbers[0]!,
    count: numbers[1]!,
    sum: numbers[2]!,
    min: numbers[3]!,
    max: numbers[4]!,
    sketch: DDSketch.encoded(sketch()),
  }),
};

const setTable: PointTable = {
  name: 'set_point',
  types: [MetricType.Set],
  columns: ['members', 'sketch'],
  kind: 3,
  layout: { numbers: [{ name: 'members' }], hasSketch: true },
  append(into, partial) {
    const { members } = partial as Extract<Partial, { type: typeof MetricType.Set }>;
    into.push(bindable(members.estimate()), members.encode());
  },
  read: (row) => ({ type: MetricType.Set, members: HyperLogLog.decode(row.sketch as Uint8Array) }),
  unpack: (_numbers, _timeMs, _type, sketch) => ({
    type: MetricType.Set,
    members: HyperLogLog.decode(sketch()),
  }),
};

/** SQLite has no NaN: it keeps NULL in its place. */
function real(value: number | Uint8Array | null | undefined): number {
  return typeof value === 'number' ? value : Number.NaN;
}

export const pointTables: readonly PointTable[] = [counterTable, gaugeTable, distributionTable, setTable];

const tableOfType = new Map(pointTables.flatMap((table) => table.types.map((type) => [type, table])));

export function pointTableOf(type: MetricType): PointTable {
  return tableOfType.get(type)!;
}
