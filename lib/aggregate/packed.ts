import { MetricType } from '../metric.js';
import { DDSketch } from '../sketch/ddsketch.js';
import { HyperLogLog } from '../sketch/hyperloglog.js';
import type { Partial } from './partial.js';

/**
 * A partial as a message between threads can carry it: objects of classes arrive as mere objects, so sketches
 * go as their encoding.
 */
export type PackedPartial = Omit<Partial, 'sketch' | 'members'> & {
  readonly encoded: Uint8Array | undefined;
};

export function packPartial(partial: Partial): PackedPartial {
  if ('sketch' in partial) {
    const { sketch, ...rest } = partial;
    return { ...rest, encoded: sketch.encode() };
  }
  if ('members' in partial) {
    const { members, ...rest } = partial;
    return { ...rest, encoded: members.encode() };
  }
  return { ...partial, encoded: undefined };
}

export function unpackPartial({ encoded, ...rest }: PackedPartial): Partial {
  if (encoded === undefined) return rest as Partial;
  if (rest.type === MetricType.Set) return { ...rest, members: HyperLogLog.decode(encoded) } as Partial;
  return { ...rest, sketch: DDSketch.decode(encoded) } as Partial;
}

/** A partial of its own: what is merged into it leaves `partial` as it was. */
export function ownCopyOf(partial: Partial): Partial {
  const copy = unpackPartial(packPartial(partial));
  if (copy.type === MetricType.Set && copy.kept !== undefined) copy.kept = new Set(copy.kept);
  return copy;
}
