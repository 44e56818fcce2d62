import { nearest } from '../config/nearest.js';
import { NothingToReportError } from '../errors.js';
import { nearestNames } from '../query/nearest.js';
import { printable } from '../report/text.js';
import { commandNames } from './report/command-words.js';
import type { Stores } from './report/stores.js';

/**
 * The first word of a command line is a pattern unless it is a command, and so is one that was to be a command:
 * `histgram api.latency` would report on `api.latency` without a word. Throws NothingToReportError where no
 * name matches such a word.
 */
export async function refuseMistypedCommand(
  { readers, origin }: Stores,
  patterns: readonly string[] = [],
): Promise<void> {
  const [word] = patterns;
  const meant = word === undefined ? undefined : nearest(word, commandNames);
  if (word === undefined || meant === undefined) return;
  const matching = await Promise.all(readers.map((reader) => reader.series({ patterns: [word] })));
  if (matching.flat().length > 0) return;
  const all = await Promise.all(readers.map((reader) => reader.series({})));
  const names = nearestNames(
    word,
    all.flat().map(({ name }) => name),
  ).map(printable);
  const choice = [`goodall-report ${meant}`, ...names].join(' or ');
  throw new NothingToReportError(
    `no name in ${printable(origin)} matches "${printable(word)}", and it is no command; did you mean ${choice}?`,
  );
}
