import { compareText, type MetricTypeName } from '../metric.js';
import type { Row } from '../query/row.js';

export type Label = readonly [name: string, value: string];

/** Samples that are told together, under one name. */
export interface Family {
  /** As the series would have it; others may want the same. */
  readonly wish: string;
  readonly type: 'gauge' | 'summary';
  readonly help: string;
  /** Of the series. */
  readonly of: MetricTypeName;
}

/** Labels that mean something here or to Prometheus. */
const reserved = ['quantile', 'le', 'name', 'duplicate'];

/**
 * Names of labels for the tags of all rows: one for each key, so that no two series become the same. What keys want the same
 * one (`a.b` and `a-b`) is settled in their order, whatever the order of rows, so that a series keeps its labels.
 *
 * @returns labels of a row's tags, in their order
 */
export function labelling(rows: Iterable<Row>): (tags: Row['tags']) => Label[] {
  const slots = new Map<string, string>();
  for (const { tags } of rows) for (const { slot, key } of slotsOf(tags)) slots.set(slot, key);
  const taken = new Set(reserved);
  const names = new Map<string, string>();
  const order = [...slots].sort(
    ([a, keyA], [b, keyB]) =>
      Number(labelName(keyA) !== keyA) - Number(labelName(keyB) !== keyB) || compareText(a, b),
  );
  for (const [slot, key] of order) {
    let name = labelName(key);
    while (taken.has(name)) name = `tag_${name}`;
    taken.add(name);
    names.set(slot, name);
  }
  return (tags) => slotsOf(tags).map(({ slot, value }) => [names.get(slot) ?? slot, value]);
}

/** A key that comes several times with one series has a slot each time. */
function slotsOf(tags: Row['tags']): { slot: string; key: string; value: string }[] {
  const counts = new Map<string, number>();
  return tags.map(({ key, value }) => {
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    return { slot: `${key}\0${count}`, key, value };
  });
}

/**
 * A name for each family that nothing else in the exposition has. The shorter goes first, whatever the order of
 * rows (`x`, with its `x_sum`, before a gauge `x_sum`); the others get their type, or a number, behind it.
 */
export function familyNames(families: Iterable<Family>): Map<string, string> {
  const taken = new Set<string>();
  const names = new Map<string, string>();
  const order = [...families].sort((a, b) => compareText(a.wish, b.wish) || compareText(a.help, b.help));
  for (const family of order) {
    const free = (name: string): boolean => claims(family, name).every((claim) => !taken.has(claim));
    let name = family.wish;
    if (!free(name)) name = `${family.wish}_${family.of}`;
    for (let i = 2; !free(name); i += 1) name = `${family.wish}_${family.of}_${i}`;
    for (const claim of claims(family, name)) taken.add(claim);
    names.set(familyKey(family), name);
  }
  return names;
}

export function familyKey({ wish, help }: Pick<Family, 'wish' | 'help'>): string {
  return `${wish}\0${help}`;
}

/** Names of the samples of a family. */
function claims({ type }: Family, name: string): string[] {
  return type === 'summary' ? [name, `${name}_sum`, `${name}_count`] : [name];
}

/** Names that several names of series become: `a.b` and `a-b`. A label then keeps them apart. */
export function clashingNames(rows: Iterable<Row>): Set<string> {
  const originals = new Map<string, string>();
  const clashing = new Set<string>();
  for (const { name } of rows) {
    const exposed = metricName(name);
    if ((originals.get(exposed) ?? name) !== name) clashing.add(exposed);
    originals.set(exposed, name);
  }
  return clashing;
}

export function metricName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_:]/g, '_').replace(/^(?=\d)/, '_');
}

function labelName(key: string): string {
  return key.replace(/[^a-zA-Z0-9_]/g, '_').replace(/^(?=\d|__|$)/, 'tag_');
}
