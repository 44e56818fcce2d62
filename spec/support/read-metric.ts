import { metricTypeNames } from '../../lib/metric.js';
import { type IdentityOptions, readIdentity } from '../../lib/protocol/identity.js';
import type { LineParser } from '../../lib/protocol/line.js';
import { rejectNames } from '../../lib/protocol/reject.js';
import type { ExpectedMetric } from './protocol-rows.js';

/** What a parser holds after a metric line, in the form of the tables. */
export function readMetric(parser: LineParser, options: IdentityOptions): ExpectedMetric {
  const { line, rejectedBits } = parser;
  return {
    ...readIdentity(line, options),
    samples: Array.from({ length: line.sampleCount }, (_, i) => {
      const type = metricTypeNames[line.types[i]!];
      return {
        type,
        value: line.values[i]!,
        weight: line.weights[i]!,
        delta: line.deltas[i] === 1,
        member:
          type === 'set'
            ? Buffer.from(line.slab.subarray(line.memberStarts[i], line.memberEnds[i])).toString()
            : undefined,
      };
    }),
    timestampSeconds: line.timestampSeconds,
    unknownFields: line.unknownFields,
    rejectedBits,
    reject: rejectedBits > 0 ? rejectNames[parser.reject] : undefined,
  };
}
