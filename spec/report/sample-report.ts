import type { MetricTypeName, Tag } from '../../lib/metric.js';
import { parsePercentiles } from '../../lib/query/percentile.js';
import type { Row } from '../../lib/query/row.js';
import type { Report } from '../../lib/report/report.js';

const start = Date.UTC(2026, 10, 24, 11, 34, 50);
const hourMs = 3_600_000;

export function tagsOf(text: string): Tag[] {
  return text.split(' ').flatMap((pair) => {
    const [key = '', value = ''] = pair.split('=');
    return key === '' ? [] : [{ key, value }];
  });
}

function row(type: MetricTypeName, name: string, tags: string, numbers: Partial<Row>): Row {
  return { name, type, tags: tagsOf(tags), count: 360, ...numbers };
}

function latency(route: string, count: number, scale: number): Row {
  return row('timer', 'api.request.latency', `env=prod method=GET route=${route}`, {
    count,
    rate: count / 3600,
    sum: count * 14.2 * scale,
    min: 0.42 * scale,
    mean: 14.2 * scale,
    max: 812.5 * scale,
    percentiles: [9.1, 25, 34.3, 58.6].map((value) => value * scale),
  });
}

function gauge(name: string, tags: string, value: number, spread: number): Row {
  return row('gauge', name, tags, {
    min: value - spread,
    mean: value,
    max: value + spread,
    last: value + spread / 2,
    percentiles: [value, value + spread / 2, value + spread * 0.8, value + spread],
  });
}

/** Rows as a server with an application and its own probe has them, busiest first. */
export const sampleRows: readonly Row[] = [
  latency('/users', 128_400, 1),
  row('counter', 'api.requests', 'env=prod status=200', {
    count: 127_950,
    rate: 35.542,
    sum: 127_950,
    min: 12.3,
    mean: 35.542,
    max: 61,
    percentiles: [35, 48.2, 52.1, 60.4],
  }),
  latency('/users/:id/orders', 30_122, 2.6),
  row('counter', 'network_rx_bytes', 'host=web1 interface=eth0', {
    rate: 760_218,
    sum: 2_736_784_800,
    min: 401_222,
    mean: 760_218,
    max: 1_190_002,
    percentiles: [744_100, 1_100_200, 1_153_000, 1_188_000],
  }),
  gauge('cpu_used_percent', 'host=web1', 32.4, 20),
  gauge('disk_used', 'device=nvme0n1p2 host=web1 mount=/var/lib/postgresql', 2.3e12, 1e9),
  gauge('disk_used', 'device=sda1 host=web1 mount=/', 1.8e11, 2e8),
  gauge('queue.depth', 'queue=mail', 25, 24),
  row('distribution', 'response.bytes', 'env=prod', {
    count: 330,
    rate: 0.0917,
    sum: 6_520_000,
    min: 202,
    mean: 19_757.6,
    max: 361_000,
    percentiles: [7_956, 41_200, 70_200, 209_000],
  }),
  row('set', 'users.active', 'env=prod', { count: 261 }),
];

/** A report of an hour over the sample rows; `changes` overrides parts of it. */
export function sampleReport(changes: Partial<Report> = {}): Report {
  return {
    answer: {
      seriesCount: sampleRows.length,
      relativeAccuracy: 0.01,
      resolution: { minMs: 10_000, maxMs: 10_000 },
      loss: { datagramsReceived: 90_000, datagramsDropped: 0 },
      samplesOverflowed: 0,
      asOfMs: start + hourMs,
      coverage: { coveredMs: hourMs, gaps: [] },
      extent: { sinceMs: start - 10 * hourMs, untilMs: start + hourMs },
    },
    rows: sampleRows,
    rowCount: sampleRows.length,
    window: { sinceMs: start, untilMs: start + hourMs },
    step: undefined,
    percentiles: parsePercentiles('50,90,95,99'),
    sortColumn: undefined,
    origin: 'goodall.db',
    ...changes,
  };
}

/** The sample answer with parts of it overridden. */
export function sampleAnswer(changes: Partial<Report['answer']>): Report['answer'] {
  return { ...sampleReport().answer, ...changes };
}
