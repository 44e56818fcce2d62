/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { PageContent, PageRow } from '../page-content.js';

// Files of this folder run in the browser. They are joined into one module of the page, so no name may come
// twice.

type Unit = PageRow['unit'];

export const content = JSON.parse(document.getElementById('content')?.textContent ?? '{}') as PageContent;

const scales: Readonly<Record<string, readonly (readonly [name: string, size: number])[]>> = {
  time: [
    ['ns', 1e-6],
    ['µs', 1e-3],
    ['ms', 1],
    ['s', 1e3],
    ['min', 6e4],
    ['h', 3.6e6],
  ],
  bytes: ['B', 'KiB', 'MiB', 'GiB', 'TiB'].map((name, i) => [name, 1024 ** i] as const),
  number: [
    ['', 1],
    ['M', 1e6],
    ['G', 1e9],
  ],
};

/** A value in its unit, for people. */
export function written(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined) return '';
  const base = value * unit.factor;
  const scale = scales[unit.kind];
  const digits = (x: number): string =>
    Math.abs(x) >= 100
      ? Math.round(x).toLocaleString('en')
      : x.toLocaleString('en', { maximumSignificantDigits: 3 });
  if (scale === undefined) return `${digits(base)} ${unit.kind === 'percent' ? '%' : '°C'}`;
  const fitting = scale.findLast(([, size]) => Math.abs(base) >= size) ?? scale[0];
  const [name, size] = base === 0 || fitting === undefined ? ['', 1] : fitting;
  return `${digits(base / size)} ${name}`.trim();
}

/** An element with its attributes and children; texts become text nodes. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** The value of one of the page's colours. */
export const style = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();
