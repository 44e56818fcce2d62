/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { quantity } from '../../numbers.js';
import type { PageContent, PageRow } from '../page-content.js';

// Files of this folder run in the browser. They are joined into one module of the page, so no name may come
// twice.

export const content = JSON.parse(document.getElementById('content')?.textContent ?? '{}') as PageContent;

/** A value in its unit, for people; with nothing for none. */
export function written(value: number | null | undefined, unit: PageRow['unit']): string {
  return value === null || value === undefined ? '' : quantity(value, unit);
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
