import { createRequire } from 'node:module';

/** The ring that statsd's proxy uses, set up as it does: `node_ring` with a weight of 100 for each. */
export interface StatsdRing {
  readonly servers: readonly { readonly string: string }[];
  get(key: string): string | undefined;
  add(nodes: Readonly<Record<string, number>>): void;
  remove(node: string): void;
  hashValue(key: string): number;
  find(hashValue: number): number;
  readonly ring: readonly { readonly value: number; readonly server: string }[];
}

type StatsdRingClass = new (
  nodes: Readonly<Record<string, number>>,
  algorithm: string,
  options: Readonly<Record<string, number>>,
) => StatsdRing;

export function statsdRing(nodes: readonly string[]): StatsdRing {
  const HashRing = createRequire(import.meta.url)('hashring') as StatsdRingClass;
  const weights = Object.fromEntries(nodes.map((node) => [node, 100]));
  return new HashRing(weights, 'md5', { 'max cache size': 10_000, replicas: 0 });
}
