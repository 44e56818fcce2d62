import type { Partial } from '../../../lib/aggregate/partial.js';
import { MetricType, type SeriesKey } from '../../../lib/metric.js';
import { DDSketch } from '../../../lib/sketch/ddsketch.js';

/**
 * A day as servers have it, made up: half of the series are counters, a quarter gauges, a quarter timers. There are busy
 * and quiet ones, ones that are idle most of the time, a rhythm of the day, noise, and two restarts that leave a gap.
 */
export const stepMs = 10_000;
export const bucketsOfDay = 8_640;
export const samplesPerTimer = 50;

/** A small generator with a fixed seed (mulberry32), so that runs are alike. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const types = [MetricType.Counter, MetricType.Gauge, MetricType.Counter, MetricType.Timer] as const;
const names = ['requests', 'queue', 'sent', 'latency'];

/** One series; its points are asked for in order of time. */
export class DaySeries {
  readonly key: SeriesKey;
  private readonly random: () => number;
  private readonly kind: number;
  private readonly size: number;
  private level: number;

  constructor(private readonly index: number) {
    this.random = randomFrom(index + 1);
    this.kind = Math.floor(index / 4) % 4;
    // From once in two buckets to some thousands a bucket.
    this.size = 0.5 * 10 ** (4 * this.random());
    this.level = this.size;
    const tags = [
      { key: 'env', value: 'prod' },
      { key: 'host', value: `web-${index % 20}` },
    ];
    this.key = { name: `app.${names[index % 4]}.${index >>> 2}`, type: types[index % 4]!, tags };
  }

  /** The partial of a bucket of the day, or undefined where there was no sample. */
  at(bucket: number, timeMs: number): Partial | undefined {
    if (isDown(bucket) || this.isIdle(bucket)) return undefined;
    if (this.key.type === MetricType.Counter) return this.counter(bucket);
    return this.key.type === MetricType.Gauge ? this.gauge(bucket, timeMs) : this.timer(bucket);
  }

  /** Of a gauge: how it is set, how far it steps in units of its resolution, and in which share of minutes. */
  walkOf(): { readonly kind: number; readonly stepUnits: number; readonly share: number } {
    const units = this.index % 16 === 13 ? 64 : this.scale();
    return {
      kind: this.kind,
      stepUnits: 0.03 * this.size * units,
      share: this.index % 32 >= 28 ? 1 / 11 : 1,
    };
  }

  /** One series in eight works for some ten minutes every two hours. */
  private isIdle(bucket: number): boolean {
    return this.index % 32 >= 28 && (bucket + 37 * this.index) % 720 > 60;
  }

  /** Counts of events, sums of bytes, and counts of which the client sent one in ten. */
  private counter(bucket: number): Partial | undefined {
    const samples = Math.max(0, Math.round(this.noisy(this.size * rhythm(bucket))));
    if (samples === 0) return undefined;
    if (this.kind === 2) return { type: MetricType.Counter, sum: 10 * samples, samples };
    if (this.kind !== 3) return { type: MetricType.Counter, sum: samples, samples };
    const bytes = Math.round(this.noisy(1500 * samples));
    return { type: MetricType.Counter, sum: Math.max(0, bytes), samples };
  }

  /** Most are set by a timer once in an interval; one in four every second, one in four at any time. */
  private gauge(bucket: number, timeMs: number): Partial {
    const values = Array.from({ length: this.kind === 1 ? 10 : 1 }, () => this.walk(bucket));
    const last = values.at(-1)!;
    const dueMs = this.kind === 2 ? Math.floor(10_000 * this.random()) : (this.index * 977) % 10_000;
    const lastAtMs = timeMs + Math.min(9_999, dueMs + Math.floor(4 * this.random()));
    const [min, max] = [Math.min(...values), Math.max(...values)];
    const sum = values.reduce((total, value) => total + value, 0);
    return { type: MetricType.Gauge, last, lastAtMs, min, max, sum, samples: values.length };
  }

  /** Milliseconds as clients send them: whole ones, ones with three decimals, or all that a clock gives. */
  private timer(bucket: number): Partial {
    const sketch = new DDSketch();
    const partial = {
      samples: samplesPerTimer,
      count: samplesPerTimer,
      sum: 0,
      min: Infinity,
      max: 0,
      sketch,
    };
    const median = 8 + 40 * rhythm(bucket);
    for (let i = 0; i < samplesPerTimer; i += 1) {
      const exact = median * Math.exp(0.6 * this.normal());
      const value =
        this.kind === 0 ? exact : this.kind === 1 ? Math.round(exact) : Math.round(exact * 1000) / 1000;
      partial.sum += value;
      partial.min = Math.min(partial.min, value);
      partial.max = Math.max(partial.max, value);
      sketch.add(value);
    }
    return { type: MetricType.Timer, ...partial };
  }

  /** A value that wanders: whole, with one or two decimals, or a share that a division gives. */
  private walk(bucket: number): number {
    const pull = 0.1 * (this.size * rhythm(bucket) - this.level);
    if (this.random() < 0.7) this.level += pull + 0.03 * this.size * this.normal();
    const level = Math.max(0, this.level);
    if (this.index % 16 === 13) return Math.round(level * 64) / 64 / 3;
    const scale = this.scale();
    return Math.round(level * scale) / scale;
  }

  private scale(): number {
    return [1, 10, 100, 1][Math.floor(this.index / 16) % 4]!;
  }

  /** About as far off as the number of independent events is. */
  private noisy(mean: number): number {
    return mean + Math.sqrt(mean) * this.normal();
  }

  private normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.random())) * Math.cos(2 * Math.PI * this.random());
  }
}

const rhythm = (bucket: number): number => 1 + 0.6 * Math.sin((2 * Math.PI * bucket) / bucketsOfDay);

/** Two restarts, of half a minute and of three minutes. */
const isDown = (bucket: number): boolean =>
  (bucket >= 3_001 && bucket < 3_004) || (bucket >= 6_500 && bucket < 6_518);
