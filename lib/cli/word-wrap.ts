/**
 * Breaks a line between words, so that none is longer than `width`; a word that is too long by itself is cut.
 * Blanks at the ends of the lines go.
 */
export function wordWrap(text: string, width: number): string[] {
  const lines = [''];
  for (const [index, word] of text.split(' ').entries()) {
    let line = (lines.pop() as string).trimStart();
    if (index > 0) {
      if (line.length >= width) {
        lines.push(line);
        line = '';
      }
      if (line.length > 0) line += ' ';
    }
    if (word.length > width) {
      lines.push(...cut(line, word, width));
    } else if (line.length > 0 && line.length + word.length > width) {
      lines.push(line, word);
    } else {
      lines.push(line + word);
    }
  }
  return lines.map((line) => line.trimEnd());
}

/** A word longer than the width begins on the line before it only if that saves a line. */
function cut(line: string, word: string, width: number): string[] {
  const room = width - line.length;
  const beginningHere = 1 + Math.floor((word.length - room - 1) / width);
  const beginningBelow = Math.floor((word.length - 1) / width);
  const [before, text] = beginningBelow < beginningHere ? [[line], word] : [[], line + word];
  const parts = Array.from({ length: Math.ceil(text.length / width) }, (_, i) =>
    text.slice(i * width, (i + 1) * width),
  );
  return [...before, ...parts];
}
