let segmenter: Intl.Segmenter | undefined;

/** Only ever made for text that needs it: making it loads tables for as long as a small report takes. */
function graphemesOf(text: string): Iterable<Intl.SegmentData> {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

const printableAscii = /^[\x20-\x7e]*$/;

/** ASCII, Latin-1, dashes and dots, blocks of sparklines: each character stands for itself and takes one column. */
const oneColumnEach = /^[\x20-\x7e\xa0-\xac\xae-\xff\u2010-\u2027\u2580-\u259f]*$/;

/**
 * Characters that move a cursor, change colours, reorder or hide text: control codes (ESC among them), line and
 * paragraph separators, directional marks, zero-width and tag characters, halves of surrogate pairs.
 */
const unsafe =
  /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Blocks whose characters take two columns: East Asian wide and full-width ones, and emoji. */
const wide =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{1f1e6}-\u{1f1ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** Text from outside, safe to print: control characters as `\n`, `\x1b` or `\u{202e}`. */
export function printable(text: string): string {
  if (printableAscii.test(text)) return text;
  return text.replace(unsafe, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    if (character === '\t') return '\\t';
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** How many columns of a terminal the text takes. */
export function textWidth(text: string): number {
  if (oneColumnEach.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemesOf(text)) width += graphemeWidth(segment);
  return width;
}

/** The text, cut to at most so many columns, in its middle (`api.use…latency`) or at its end. */
export function shorten(text: string, width: number, cut: 'middle' | 'end'): string {
  if (textWidth(text) <= width) return text;
  if (width < 3) return take(text, width);
  if (cut === 'end') return `${take(text, width - 1)}…`;
  const head = take(text, Math.ceil((width - 1) / 2));
  return `${head}…${takeLast(text, width - 1 - textWidth(head))}`;
}

/** Fills up with blanks on the side opposite to the alignment. */
export function pad(text: string, width: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'left' ? text + blanks : blanks + text;
}

/** Joins parts into as few lines as fit the width; lines after the first are indented. */
export function flow(parts: readonly string[], separator: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const part of parts) {
    if (current !== '' && textWidth(current + separator + part) > width) {
      lines.push(current.trimEnd());
      current = `  ${part}`;
    } else {
      current = current === '' ? part : current + separator + part;
    }
  }
  return [...lines, current];
}

function take(text: string, width: number): string {
  let taken = '';
  let used = 0;
  for (const { segment } of graphemesOf(text)) {
    used += graphemeWidth(segment);
    if (used > width) break;
    taken += segment;
  }
  return taken;
}

function takeLast(text: string, width: number): string {
  let taken = '';
  let used = 0;
  for (const { segment } of [...graphemesOf(text)].reverse()) {
    used += graphemeWidth(segment);
    if (used > width) break;
    taken = segment + taken;
  }
  return taken;
}

function graphemeWidth(segment: string): number {
  if (wide.test(segment)) return 2;
  return zeroWidth.test(segment) ? 0 : 1;
}
