import { Random } from '../support/mutated-datagrams.js';

/** A reproducible source of choices. */
export class Dice {
  private readonly random: Random;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  /** A whole number from 0 up to, not including, `sides`. */
  roll(sides: number): number {
    return this.random.below(sides);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.roll(choices.length)]!;
  }

  /** True once in `of` times. */
  once(of: number): boolean {
    return this.roll(of) === 0;
  }
}

const oddNames = [
  'a b',
  'a/b',
  '/',
  '',
  '_e{x',
  '_sc',
  '_',
  'ü.ñ',
  'n;k=v',
  'n,k=v,l=w',
  'n#k=v',
  'n[k=v]',
  'n[k]',
  '__proto__',
  'constructor',
  'a|b',
  'fifteen.letters',
  'sixteen..letters',
  'exactly.thirty-two.letters.long.',
  'longer.than.thirty-two.letters.by.far.and.more',
  'x'.repeat(400),
];
const oddValues = [
  '',
  ' ',
  ' 5 ',
  '0x10',
  '1e3',
  '-1e-3',
  'NaN',
  'Infinity',
  '1,5',
  '.',
  '5.',
  '.5',
  '-.5',
  '-0',
  '+0',
  '--1',
  '+-1',
  '1.2.3',
  '9007199254740991',
  '9007199254740993',
  '123456789012345678901234567890',
  '0.00000000000000000000001',
  '0.1234567890123456789012',
  '1234567.8',
  '12345678',
  '123456789',
  '0000000000000000000000000001',
  '1e400',
  '\u0000',
];
const types = ['c', 'c', 'g', 'ms', 'h', 'd', 's'];
const oddTypes = ['', 'm', 'msx', 'C', 'x', ' c', 'ms ', 'cc', '\r', 'c\r\r'];
const fields = [
  '@0.1',
  '@0.25',
  '@1',
  '@0.3',
  '@.5',
  '@1.',
  '#a:b',
  '#b,a',
  '#env:prod,service:web,host:i-0123456789',
  '#',
  '#a:b:c,d',
  'c:0123456789abcdef',
  'c:ci-1',
  'e:it-false,cn-name,pu-1-2',
  'card:low',
];
const oddFields = [
  '@0',
  '@1.5',
  '@-1',
  '@+1',
  '@',
  '@1e-9',
  '@ 1',
  '@0.1:2',
  'T1700000000',
  'T0',
  'Tx',
  'c',
  'card',
  'card:',
  'cards:x',
  'e',
  '',
  'new:thing',
  'x',
  '#a|#b',
];
const events = [
  '_e{5,4}:title|text',
  '_e{5,4}:title|text|h:host|p:low|t:error|#a:b',
  '_e{2,2}:ab',
  '_e{}',
  '_sc|name|0',
  '_sc|name|2|h:host|#a:b|m:message',
  '_sc|name|9',
];

/** Lines as clients send them, and a share of odd ones. `oddity`: once in how many times something is odd. */
export function randomLine(dice: Dice, names: number, oddity: number): string {
  if (dice.once(oddity * 20)) return dice.pick(events);
  const name = dice.once(oddity * 4) ? dice.pick(oddNames) : `service.requests.h${dice.roll(names)}`;
  const type = dice.once(oddity * 8) ? dice.pick(oddTypes) : dice.pick(types);
  let line = name;
  for (let packed = dice.once(6) ? 1 + dice.roll(12) : 1; packed > 0; packed -= 1) {
    line += `:${randomValue(dice, type, oddity)}`;
  }
  line += `|${type}`;
  while (dice.once(4)) line += `|${dice.once(oddity) ? dice.pick(oddFields) : dice.pick(fields)}`;
  while (dice.once(oddity * 10)) line += `:${randomValue(dice, type, oddity)}|${dice.pick(types)}`;
  return dice.once(oddity * 4) ? `${line}\r` : line;
}

function randomValue(dice: Dice, type: string, oddity: number): string {
  if (dice.once(oddity * 3)) return dice.pick(oddValues);
  if (type === 's') return `user-${dice.roll(dice.once(3) ? 1e6 : 50)}`;
  const sign = type === 'g' && dice.once(3) ? dice.pick(['+', '-']) : '';
  switch (dice.roll(4)) {
    case 0:
      return `${sign}1`;
    case 1:
      return `${sign}${dice.roll(1e6)}`;
    case 2:
      return `${sign}${(dice.roll(1e6) / 1000).toFixed(dice.roll(5))}`;
    default:
      return `${sign}${dice.roll(1e9) / 1e4}`;
  }
}

/** A datagram of such lines, of at most so many bytes, now and then cut off in a line. */
export function randomDatagram(dice: Dice, maxBytes: number, names: number, oddity: number): Uint8Array {
  const wanted = dice.pick([1, 20, 60, 200, maxBytes, maxBytes]);
  let text = '';
  do {
    if (text !== '') text += dice.once(30) ? '\n\n' : '\n';
    text += randomLine(dice, names, oddity);
  } while (text.length < wanted);
  if (dice.once(4)) text += '\n';
  return Buffer.from(text).subarray(0, dice.once(8) ? 1 + dice.roll(maxBytes) : maxBytes);
}

/** How many lines a datagram has, empty ones included. */
export function linesOf(datagram: Uint8Array): number {
  let lines = 1;
  for (const byte of datagram) if (byte === 0x0a) lines += 1;
  return lines;
}
