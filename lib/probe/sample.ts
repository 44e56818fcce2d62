import type { Tag } from '../metric.js';

/** What goes onto the wire: a gauge's value, or what to add to a counter. */
export interface Sample {
  readonly name: string;
  readonly kind: 'gauge' | 'counter';
  readonly value: number;
  readonly tags: readonly Tag[];
}

export const tagText = (tag: Tag): string => (tag.value === '' ? tag.key : `${tag.key}:${tag.value}`);
