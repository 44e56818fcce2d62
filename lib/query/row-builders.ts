import { MetricType } from '../metric.js';
import { CounterRow } from './counter-row.js';
import { DistributionRow } from './distribution-row.js';
import { GaugeRow } from './gauge-row.js';
import type { RowBuilder } from './row-builder.js';
import { SetRow } from './set-row.js';

/**
 * A builder for one row of a group of this type.
 *
 * @param ordered the group has a single series, and a single reader holds it
 */
export function rowBuilder(type: MetricType, ordered: boolean): RowBuilder {
  switch (type) {
    case MetricType.Counter:
      return new CounterRow(ordered);
    case MetricType.Gauge:
      return new GaugeRow();
    case MetricType.Set:
      return new SetRow();
    default:
      return new DistributionRow();
  }
}
