import { ExitCode, UsageError } from '../../errors.js';
import { type ListColumn, listFormats, listLines, parseListFormat } from '../../report/listing.js';
import { type Terminal, useTimeZone } from '../report.js';
import { readLook } from '../report-look.js';
import { readSources, type Sources } from '../report-sources.js';
import { writeLines } from '../write-lines.js';
import { type CommandFlags, type CommandOption, textOf, textOption, textsOf } from './command.js';
import { colorOption, sourceOptions, timeZoneOption } from './options.js';

/** Options of every command that prints a list. */
export const listOptions = {
  ...sourceOptions,
  'time-zone': timeZoneOption,
  limit: textOption('at most so many rows'),
  format: textOption(`${listFormats.slice(0, -1).join(', ')} or ${listFormats.at(-1)} [default: table]`, {
    offers: listFormats,
  }),
  color: colorOption,
} satisfies Record<string, CommandOption>;

export const listEpilog = [
  'Exit codes: 0 reported; 1 the database cannot be opened; 13 nothing to report; 64 wrong usage.',
];

export function sourcesOf(flags: CommandFlags): Sources {
  return readSources(textsOf(flags, 'db'), textsOf(flags, 'url'));
}

/**
 * Before anything is opened, and any time is read or written: refuses what `writeList` would, and makes the
 * time zone that of the option.
 */
export function beginList(flags: CommandFlags, operands: 'patterns' | 'none'): void {
  const [operand] = flags.operands;
  if (operands === 'none' && operand !== undefined) {
    throw new UsageError(`${JSON.stringify(operand)}: this command takes options only`);
  }
  parseListFormat(textOf(flags, 'format'));
  limitOf(flags);
  const zone = textOf(flags, 'time-zone');
  if (zone !== undefined) useTimeZone(zone);
}

/** Writes a list as its options ask. */
export async function writeList<Item>(
  items: readonly Item[],
  columns: readonly ListColumn<Item>[],
  flags: CommandFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const format = parseListFormat(textOf(flags, 'format'));
  const { paint } = readLook({ color: textOf(flags, 'color') }, terminal);
  const shown = items.slice(0, limitOf(flags));
  const lines = listLines(shown, columns, { format, width: terminal.width, paint });
  await writeLines(lines, format === 'csv' ? '\r\n' : '\n', terminal);
  if (format === 'table' && shown.length < items.length) {
    await terminal.write(`${items.length - shown.length} more: --limit shows more.\n`);
  }
  return ExitCode.Ok;
}

function limitOf(flags: CommandFlags): number {
  const text = textOf(flags, 'limit');
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new UsageError(`--limit: ${JSON.stringify(text)} is not allowed; give a whole number from 1 on`);
}
