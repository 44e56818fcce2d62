import { askedText, programVersion } from './program.js';
import { wordWrap } from './word-wrap.js';

/** What the help of a program or of one of its commands says. */
export interface HelpPage {
  /** The first lines: how it is called, and what it does. */
  readonly usage: readonly string[];
  readonly sections: readonly HelpSection[];
  /** A command line, and what it is good for. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** The last lines. Blanks that one begins with stay. */
  readonly epilog: readonly string[];
}

export interface HelpSection {
  /** With its colon. */
  readonly heading: string;
  readonly options: readonly HelpOption[];
}

export interface HelpOption {
  /** Without dashes. */
  readonly name: string;
  /** A single letter. */
  readonly alias?: string | undefined;
  readonly describe: string;
  readonly type?: 'string' | 'boolean' | undefined;
  /** The default in words. */
  readonly fallback?: string | undefined;
}

const widest = 100;

/** As wide as the terminal, but no wider than is read with ease; `columns` is undefined in a pipe. */
function helpWidth(columns: number | undefined): number {
  return columns === undefined || columns === 0 ? widest : Math.min(widest, columns);
}

/**
 * What someone who asks for the help or the version of a program alone is told; undefined where neither is asked for.
 */
export function askedAnswer(
  args: readonly string[],
  columns: number | undefined,
  help: () => HelpPage,
): string | undefined {
  const asked = askedText(args);
  if (asked === undefined) return undefined;
  return `${asked === 'version' ? programVersion() : helpText(help(), helpWidth(columns))}\n`;
}

/**
 * The help as yargs lays it out, to the character (a spec compares), but for examples that are longer than half a line: yargs
 * breaks them, and what is broken does not run when it is copied. It is written here because loading yargs takes as
 * long as starting Node, which whoever asks for help alone need not wait for.
 */
export function helpText({ usage, sections, examples, epilog }: HelpPage, width: number): string {
  const lines = usage.flatMap((line) => wordWrap(line, width));
  const lettered = sections.some(({ options }) => options.some(({ alias }) => alias !== undefined));
  for (const { heading, options } of sections) {
    lines.push('', ...wordWrap(heading, width), ...optionLines(options, lettered, width));
  }
  if (examples.length > 0) lines.push('', 'Examples:', ...exampleLines(examples, width));
  lines.push('', ...epilog.flatMap((line) => indentedLines(line, width)));
  return lines.join('\n').trimEnd();
}

/** @param lettered whether any option of the page has a letter, for which the others leave room */
function optionLines(options: readonly HelpOption[], lettered: boolean, width: number): string[] {
  const leads = options.map(({ alias }) => (lettered && alias === undefined ? '      ' : '  '));
  const switches = options.map(({ name, alias }) => `${alias === undefined ? '' : `-${alias}, `}--${name}`);
  const lengths = switches.map((text, i) => text.length + (leads[i] as string).length - 2);
  const leftWidth = columnWidth(lengths, width);
  return options.flatMap(({ describe, type, fallback }, i) => {
    const lead = leads[i] as string;
    const words = wordWrap(switches[i] as string, Math.max(1, leftWidth - lead.length - 2));
    const left = words.map((text) => lead + text);
    const lines = sideBySide(left, leftWidth, describe, width);
    const extra = [
      ...(type === undefined ? [] : [`[${type}]`]),
      ...(fallback === undefined ? [] : [`[default: ${fallback}]`]),
    ].join(' ');
    return extra === '' ? lines : withExtra(lines, extra, width);
  });
}

/** The type and the default stand at the right edge, on the last line of the description if there is room. */
function withExtra(lines: readonly string[], extra: string, width: number): string[] {
  const aligned = wordWrap(extra, width - 2).map((text) => text.padStart(width));
  const [first = '', ...more] = aligned;
  const last = lines.at(-1) ?? '';
  if (first.length - first.trimStart().length < last.length) return [...lines, ...aligned];
  return [...lines.slice(0, -1), last + first.slice(last.length), ...more];
}

function exampleLines(examples: HelpPage['examples'], width: number): string[] {
  const leftWidth = columnWidth(
    examples.map(([line]) => line.length),
    width,
  );
  return examples.flatMap(([line, meaning]) => {
    if (line.length <= leftWidth - 4) return sideBySide([`  ${line}`], leftWidth, meaning, width);
    return [`  ${line}`, ...sideBySide([], leftWidth, meaning, width)];
  });
}

/** Two blanks on either side of the longest, which may take half of the width. */
function columnWidth(lengths: readonly number[], width: number): number {
  return Math.min(Math.max(...lengths), Math.floor(width / 2)) + 4;
}

function sideBySide(left: readonly string[], leftWidth: number, text: string, width: number): string[] {
  const right = wordWrap(text, Math.max(1, width - leftWidth));
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) =>
    `${(left[i] ?? '').padEnd(leftWidth)}${right[i] ?? ''}`.trimEnd(),
  );
}

function indentedLines(line: string, width: number): string[] {
  const lead = line.slice(0, line.length - line.trimStart().length);
  return wordWrap(line.trim(), width - lead.length).map((text) => (lead + text).trimEnd());
}
