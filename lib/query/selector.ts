import { UsageError } from '../errors.js';
import { type MetricType, type MetricTypeName, metricTypeNames, type Tag } from '../metric.js';
import type { SeriesSelector } from '../storage/store.js';

/** What the command line says about which series are wanted. */
export interface SelectorOptions {
  /** Name patterns: `*` any run of characters, `?` one, `[abc]` one of them. Empty for every name. */
  readonly patterns: readonly string[];
  /** Type names, each entry one or several with commas between. */
  readonly types: readonly string[];
  /** `key:value`, each of which a series must carry. */
  readonly tags: readonly string[];
}

export function parseSelector(options: SelectorOptions): SeriesSelector {
  if (options.patterns.includes(''))
    throw new UsageError('an empty name pattern matches nothing; leave it out');
  return {
    ...(options.patterns.length > 0 && { patterns: options.patterns }),
    ...(options.types.length > 0 && { types: parseTypes(options.types) }),
    ...(options.tags.length > 0 && { tags: options.tags.map(parseTag) }),
  };
}

function parseTypes(texts: readonly string[]): MetricType[] {
  const names = texts.flatMap((text) => text.split(',')).map((name) => name.trim());
  const types = names.map((name) => {
    const index = metricTypeNames.indexOf(name as MetricTypeName);
    if (index < 0) {
      throw new UsageError(
        `--type: there is no type ${JSON.stringify(name)}; the types are ${metricTypeNames.join(', ')}`,
      );
    }
    return index as MetricType;
  });
  return [...new Set(types)];
}

/** `key:value`; the value may hold more colons, and a tag without one has the empty value. */
function parseTag(text: string): Tag {
  const colon = text.indexOf(':');
  const tag =
    colon < 0 ? { key: text, value: '' } : { key: text.slice(0, colon), value: text.slice(colon + 1) };
  if (tag.key === '') throw new UsageError(`--tag: ${JSON.stringify(text)} has no key; give key:value`);
  return tag;
}

/**
 * The keys of `--group-by`. The empty text has none: every series of one name and type falls into one group.
 */
export function parseGroupBy(text: string): string[] {
  const keys = text.split(',').map((key) => key.trim());
  return [...new Set(keys.filter((key) => key !== ''))];
}
