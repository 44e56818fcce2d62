import type { Command, CommandOption } from './command.js';
import { epilogOf } from './help.js';

const program = 'goodall-report';

/**
 * The manual page in roff (man macros), from what the help of each command says. Yields lines without their
 * newline.
 */
export function* manualLines(commands: readonly Command[], version: string): Generator<string> {
  const [report, ...words] = commands;
  yield `.TH GOODALL\\-REPORT 1 "" "goodall ${version}" "Goodall"`;
  yield '.SH NAME';
  yield 'goodall\\-report \\- percentiles of what statsd clients sent, from a shell';
  yield '.SH SYNOPSIS';
  for (const { name, operands } of commands) {
    yield `.B ${escaped([program, name].join(' ').trim())}`;
    yield `${escaped(operands)} [options]`.trim();
    yield '.br';
  }
  if (report === undefined) return;
  yield '.SH DESCRIPTION';
  yield* paragraph(report.description);
  yield '.SH OPTIONS';
  yield* optionLines(report.options);
  yield '.SH COMMANDS';
  for (const command of words) yield* commandLines(command);
  yield '.SH EXAMPLES';
  yield* exampleLines(report);
  yield '.SH NOTES';
  yield* paragraph(epilogOf(report));
  yield '.SH ENVIRONMENT';
  yield* item('COLUMNS', 'width of the report; otherwise that of the terminal, and without bound in a pipe');
  yield* item('NO_COLOR', 'no colours, unless --color says otherwise');
  yield* item('TZ', 'zone of dates and steps, unless --time-zone says otherwise');
}

function* commandLines(command: Command): Generator<string> {
  yield `.SS ${escaped(`${program} ${command.name} ${command.operands}`.trim())}`;
  yield* paragraph(command.description);
  yield* optionLines(command.options);
  yield* exampleLines(command);
  yield '.PP';
  yield* paragraph(epilogOf(command));
}

function* optionLines(options: Command['options']): Generator<string> {
  for (const [flag, option] of Object.entries(options)) yield* item(flagText(flag, option), option.describe);
}

function flagText(flag: string, { alias, type }: CommandOption): string {
  const short = alias === undefined ? '' : `-${alias}, `;
  return `${short}--${flag}${type === 'boolean' ? '' : ' VALUE'}`;
}

function* exampleLines({ name, examples }: Command): Generator<string> {
  for (const [args, meaning] of examples)
    yield* item([program, name, args].filter(Boolean).join(' '), meaning);
}

function* item(term: string, meaning: string): Generator<string> {
  yield '.TP';
  yield `.B ${escaped(term)}`;
  yield escaped(meaning);
}

function* paragraph(lines: readonly string[]): Generator<string> {
  for (const line of lines) yield escaped(line);
}

/** Roff reads a backslash, a leading dot or quote, and takes a bare hyphen for one that may be typeset. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/, '\\&');
}
