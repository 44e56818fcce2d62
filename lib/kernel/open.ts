import type { LiveKind, LookBuilder } from '../aggregate/look.js';
import { MetricType } from '../metric.js';
import type { DDSketchOptions } from '../sketch/ddsketch.js';
import * as layout from './layout.js';
import type { KernelExports } from './module.js';
import { SealedReader } from './sealed.js';

/**
 * Copies what the open half holds of one kind; of gauges the value of every one that has one, whenever it was
 * set. Only for the kernel's own thread, between two batches.
 *
 * @param refs how many refs there may be: gauges are looked for among all of them
 */
export function lookAtOpen(
  exports: KernelExports,
  memory: WebAssembly.Memory,
  sketch: DDSketchOptions,
  kind: LiveKind,
  refs: number,
  into: LookBuilder,
): void {
  if (kind === 'gauges') {
    lookAtGauges(exports, memory, refs, into);
    return;
  }
  exports.showOpen();
  const words = new Uint32Array(memory.buffer, 0, layout.seedAt / 4);
  const reader = new SealedReader(memory, sketch, words[layout.openHalfAt / 4]);
  reader.look(words[layout.openListAt / 4]!, kind, into);
}

function lookAtGauges(
  exports: KernelExports,
  { buffer }: WebAssembly.Memory,
  refs: number,
  into: LookBuilder,
): void {
  const bytes = new Uint8Array(buffer);
  const floats = new Float64Array(buffer);
  for (let ref = 0; ref < refs; ref += 1) {
    const series = exports.seriesOf(ref) >>> 0;
    if (series === 0 || bytes[series + layout.recordType] !== MetricType.Gauge) continue;
    const first = (series + layout.recordHalves) / 8;
    const now = floats[first + (2 * layout.gaugeHalfBytes) / 8]!;
    if (Number.isNaN(now)) continue;
    // A half keeps the time of its last setting when it is emptied.
    const one = floats[first + layout.gaugeLastAtMs / 8]!;
    const other = floats[first + (layout.gaugeHalfBytes + layout.gaugeLastAtMs) / 8]!;
    into.addGauge(ref, now, Math.max(one, other));
  }
}
