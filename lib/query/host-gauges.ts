import { MetricType } from '../metric.js';
import type { StoreReader, TimeWindow } from '../storage/store.js';
import type { Row } from './row.js';

/** The latest value of one of the host probe's gauges. */
export interface HostGauge {
  readonly name: string;
  readonly host: string;
  /** Of a file system; empty for the rest. */
  readonly mount: string;
  readonly value: number;
  readonly timeMs: number;
}

const summaryNames = [
  'cpu_used_percent',
  'cpu_count',
  'system_load_1',
  'system_load_5',
  'system_load_15',
  'mem_used',
  'mem_total',
  'disk_used',
  'disk_total',
];

const probeNames = /^(?:cpu|mem|swap|disk|network|system|processes|threads|temperature|probe)_/;

/** Whether a row is one of the host probe's: by its name and the tag that the probe puts on everything. */
export function isHostRow({ name, tags }: Row): boolean {
  return probeNames.test(name) && tags.some(({ key }) => key === 'host');
}

/** The latest values in the window of what tells how a host is. */
export async function readHostGauges(
  readers: readonly StoreReader[],
  window: TimeWindow,
): Promise<HostGauge[]> {
  const found = new Map<string, HostGauge>();
  for (const reader of readers) {
    const series = await reader.series({ patterns: summaryNames, types: [MetricType.Gauge] });
    const byId = new Map(series.map((one) => [one.id, one]));
    for (const { seriesId, timeMs, partial } of await reader.newest(series, 1)) {
      const own = byId.get(seriesId);
      const tag = (key: string): string | undefined => own?.tags.find((t) => t.key === key)?.value;
      const host = tag('host');
      if (own === undefined || host === undefined || partial.type !== MetricType.Gauge) continue;
      if (timeMs < window.sinceMs || timeMs >= window.untilMs) continue;
      const gauge = { name: own.name, host, mount: tag('mount') ?? '', value: partial.last, timeMs };
      const key = JSON.stringify([own.name, own.tags]);
      if (timeMs >= (found.get(key)?.timeMs ?? 0)) found.set(key, gauge);
    }
  }
  return [...found.values()];
}
