/** Types of series, as `MetricType` in lib/metric.ts. */
export const counter: u32 = 0;
export const gauge: u32 = 1;
export const timer: u32 = 2;
export const distribution: u32 = 3;
export const set: u32 = 4;
