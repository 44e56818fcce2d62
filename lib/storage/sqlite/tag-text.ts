import type { Tag } from '../../metric.js';

/**
 * Tags as one text that a person can read and that gives the same tags back: `env:prod,host:a`. A backslash
 * stands before a comma, a backslash and, in a key, a colon. The colon is left out where there is no value
 * (`canary`).
 */
export function tagsToText(tags: readonly Tag[]): string {
  return tags.map(tagToText).join(',');
}

export function tagsFromText(text: string): Tag[] {
  return text === '' ? [] : pieces(text, ',').map(tagFromText);
}

function tagToText({ key, value }: Tag): string {
  const escapedKey = /[\\,:]/.test(key) ? key.replace(/[\\,:]/g, '\\$&') : key;
  // An empty key keeps its colon: without it, the one tag without key and value would read as no tag at all.
  if (value === '' && key !== '') return escapedKey;
  return `${escapedKey}:${/[\\,]/.test(value) ? value.replace(/[\\,]/g, '\\$&') : value}`;
}

function tagFromText(text: string): Tag {
  const [key = '', ...rest] = pieces(text, ':');
  return { key: unescaped(key), value: unescaped(rest.join(':')) };
}

/** Splits at a separator that no backslash stands before; the backslashes stay. */
function pieces(text: string, separator: string): string[] {
  const found: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === '\\') {
      i += 1;
    } else if (text[i] === separator) {
      found.push(text.slice(start, i));
      start = i + 1;
    }
  }
  found.push(text.slice(start));
  return found;
}

function unescaped(text: string): string {
  return text.replace(/\\([\s\S])/g, '$1');
}
