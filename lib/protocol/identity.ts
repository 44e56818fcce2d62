import { canonicalTags } from '../metric.js';
import { textOf } from './bytes.js';
import type { Dialect } from './dialect.js';
import { sanitizeName } from './name.js';
import type { ParsedLine } from './parsed-line.js';
import { type NameAndTags, readTags, splitNameTags } from './tags.js';

export interface IdentityOptions {
  readonly dialect: Dialect;
  /** Whether names get statsd's sanitising; DogStatsD's are as sent in any case. */
  readonly sanitizeNames: boolean;
}

/**
 * The name and the canonical tags of a line. Depends on nothing but the bytes of the line's name and tags and
 * on the options, so that those bytes can stand for it. Allocates: for the first sight of a spelling.
 */
export function readIdentity(line: ParsedLine, options: IdentityOptions): NameAndTags {
  const { name, tags } = identityReaders[options.dialect](line, options.sanitizeNames);
  return { name, tags: canonicalTags(tags) };
}

const identityReaders = { goodall: goodallIdentity, statsd: statsdIdentity, dogstatsd: dogstatsdIdentity };

/** Some clients send the mark with every tag, `|#a:1,#b:2`; sanitising makes statsd drop it too. */
function goodallIdentity(line: ParsedLine, sanitizeNames: boolean): NameAndTags {
  const { name, tags } = splitNameTags(nameText(line));
  return {
    name: sanitizeNames ? sanitizeName(name) : name,
    tags: [...tags, ...readTags(tagsText(line).replace(/(^|,)#/g, '$1'), ',', ':')],
  };
}

function dogstatsdIdentity(line: ParsedLine): NameAndTags {
  return { name: nameText(line), tags: readTags(tagsText(line), ',', ':') };
}

/**
 * statsd glues tags to the key as Graphite tags, sanitises the whole, and leaves the taking apart to Graphite.
 */
function statsdIdentity(line: ParsedLine, sanitizeNames: boolean): NameAndTags {
  let key = nameText(line);
  // Without tags this glues one empty tag, so that there is always a mark to split at.
  for (const tag of tagsText(line).split(',')) key += `;${tag.replace(';', '_').replace(':', '=')}`;
  if (sanitizeNames) key = sanitizeName(key);
  const mark = key.indexOf(';');
  return { name: key.slice(0, mark), tags: readTags(key.slice(mark + 1), ';', '=') };
}

function nameText({ slab, nameStart, nameEnd }: ParsedLine): string {
  return textOf(slab, nameStart, nameEnd);
}

function tagsText({ slab, tagsStart, tagsEnd }: ParsedLine): string {
  return textOf(slab, tagsStart, tagsEnd);
}
