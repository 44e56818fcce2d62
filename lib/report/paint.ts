/** What a piece of a report is, for a terminal that has colours. */
export type Role = 'fact' | 'caution' | 'heading' | 'name' | 'trend' | 'aside';

/** Puts a text into the colours of its role. */
export type Paint = (role: Role, text: string) => string;

/**
 * Numbers of "select graphic rendition" (ECMA-48): on and off. Only the sixteen colours that people configure.
 */
const codes: Readonly<Record<Role, readonly [on: number, off: number]>> = {
  fact: [2, 22],
  caution: [33, 39],
  heading: [1, 22],
  name: [36, 39],
  trend: [32, 39],
  aside: [2, 22],
};

export const plain: Paint = (_role, text) => text;

export const inColor: Paint = (role, text) => {
  const [on, off] = codes[role];
  return text === '' ? text : `\u001b[${on}m${text}\u001b[${off}m`;
};
