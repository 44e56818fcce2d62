import type { CheckRecord, EventRecord } from '../metric.js';
import { indexOfByte, lineFeed } from './bytes.js';
import { type LineParser, Outcome } from './line.js';
import type { ParsedLine } from './parsed-line.js';
import type { Reject } from './reject.js';

/** Takes what a datagram holds, line by line. */
export interface LineSink {
  /** A metric line, `[start, end)` of the slab. It is only lent, until the call returns. */
  metric(line: ParsedLine, start: number, end: number): void;
  event(event: EventRecord): void;
  check(check: CheckRecord): void;
  /**
   * `bits` bad bits of the line in `[start, end)`; in statsd's dialect its good ones come by `metric` before.
   */
  rejected(reason: Reject, bits: number, slab: Uint8Array, start: number, end: number): void;
}

/**
 * Reads the lines of a datagram, `[start, end)` of the slab, into the sink. Returns how many there are; empty
 * ones are none, and the last one may lack its line feed. Events and checks without a time of their own are of
 * `nowMs`.
 */
export function walkDatagram(
  parser: LineParser,
  slab: Uint8Array,
  start: number,
  end: number,
  nowMs: number,
  sink: LineSink,
): number {
  let lines = 0;
  for (let lineStart = start; lineStart < end; ) {
    const lineEnd = indexOfByte(slab, lineFeed, lineStart, end);
    const outcome = parser.parse(slab, lineStart, lineEnd);
    if (outcome !== Outcome.Blank) lines++;
    if (outcome === Outcome.Metric) sink.metric(parser.line, lineStart, lineEnd);
    else if (outcome === Outcome.Event) sink.event(parser.event(nowMs));
    else if (outcome === Outcome.Check) sink.check(parser.check(nowMs));
    if (parser.rejectedBits > 0) {
      sink.rejected(parser.reject, parser.rejectedBits, slab, lineStart, lineEnd);
    }
    lineStart = lineEnd + 1;
  }
  return lines;
}
