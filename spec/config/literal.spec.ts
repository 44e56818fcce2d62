import { expect } from 'chai';
import { literalLines, readLiteral } from '../../lib/config/literal.js';
import { ConfigError } from '../../lib/errors.js';

const env = { PORT: '9125', EMPTY: '' };
const read = (text: string): Record<string, unknown> =>
  Object.fromEntries(readLiteral(text, { path: 'c.js', env }).map(({ key, value }) => [key, value]));

describe('a JavaScript object, read without being run', () => {
  const values: readonly (readonly [text: string, value: unknown])[] = [
    ["'text'", 'text'],
    ['"\\u0041\\n"', 'A\n'],
    ['-1.5e3', -1500],
    ['0x10', 16],
    ['0777', 511],
    ['0o666', 438],
    ['true', true],
    ['null', null],
    ['undefined', undefined],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['[1, "a", [2], ]', [1, 'a', [2]]],
    ['[...[1, 2], 3]', [1, 2, 3]],
    ["{ a: 1, 'b-c': { 2: 3 } }", { a: 1, 'b-c': { 2: 3 } }],
    ['{ ...{ a: 1 }, a: 2 }', { a: 2 }],
    ["{ ['a' + 1]: 2 }", { a1: 2 }],
    ['10 * 1000', 10_000],
    ['(1 + 2) * 3 - 4 / 2 % 2 ** 2', 7],
    ['1 << 4 | 1', 17],
    ["'a' + 1 + 2", 'a12'],
    [`\`stats.\${1 + 1}.\${'x'}\``, 'stats.2.x'],
    ['!0', true],
    ['1 < 2 ? "yes" : "no"', 'yes'],
    ["'a' == 'b' || 'c'", 'c'],
    ["'a' && 'c'", 'c'],
    ['null ?? 1', 1],
    ['process.env.PORT', '9125'],
    ["process.env['PORT'] || 1", '9125'],
    ['process.env.NOWHERE || 8125', 8125],
    ['process.env.EMPTY || 8125', 8125],
    ['process.env.EMPTY ?? 8125', ''],
    ['process.env?.NOWHERE', undefined],
    ['process.env.toString', undefined],
    ['Number(process.env.PORT)', 9125],
    ['parseInt(process.env.PORT, 10)', 9125],
    ["process.env.PORT === '9125' ? 1 : 2", 1],
  ];
  for (const [text, value] of values) {
    it(`reads ${text}`, () => {
      expect(read(`{ key: ${text} }`).key).to.deep.equal(value);
    });
  }

  it('takes comments, trailing commas, byte order marks and line ends of every kind', () => {
    const text = '/* a {\r\n * comment: 1 */\r\n{ // here\r\n  a: 1, /* there */\r\n  "b": 2,\r\n}\r\n;\r\n';
    expect(read(text)).to.deep.equal({ a: 1, b: 2 });
    expect(read('\uFEFF{ a: 1 }')).to.deep.equal({ a: 1 });
  });

  it('takes what is assigned to exports', () => {
    expect(read('module.exports = { a: 1 };')).to.deep.equal({ a: 1 });
    expect(read("'use strict';\nmodule.exports = exports = { a: 1 };\n")).to.deep.equal({ a: 1 });
  });

  it('gives the line of each key, and of a key given twice the last value', () => {
    expect(readLiteral('\n{ a: 1,\nb: 2,\na: 3 }', { path: 'c.js', env })).to.deep.equal([
      { key: 'a', value: 3, line: 4 },
      { key: 'b', value: 2, line: 3 },
    ]);
    expect([...literalLines('{ a: f(),\n"b": 2 }', 'c.js')]).to.deep.equal([
      ['a', 1],
      ['b', 2],
    ]);
  });

  it('takes __proto__ for a key like any other', () => {
    const entries = readLiteral('{ __proto__: { port: 1 }, a: { __proto__: { b: 2 } } }', {
      path: 'c.js',
      env,
    });
    expect(entries.map(({ key }) => key)).to.deep.equal(['__proto__', 'a']);
    expect(Object.keys(entries.at(1)?.value as object)).to.deep.equal(['__proto__']);
  });

  const faults: readonly (readonly [text: string, message: string])[] = [
    ["{ a: 1,\n b: require('os').hostname() }", 'c.js, line 2: require().hostname() cannot be read'],
    ['{ a: function () {} }', 'c.js, line 1: a function cannot be read'],
    ['{ a: () => 1 }', 'c.js, line 1: a function cannot be read'],
    ['{ a() {} }', 'c.js, line 1: a function cannot be read'],
    ['{ get a() { return 1 } }', 'c.js, line 1: a function cannot be read'],
    ['{ a: /x/ }', 'c.js, line 1: a regular expression cannot be read'],
    ['{ a: 1n }', 'c.js, line 1: a BigInt cannot be read'],
    ['{ a: new Date() }', 'c.js, line 1: what it says (NewExpression) cannot be read'],
    ['{ a: process.env }', 'c.js, line 1: process.env cannot be read'],
    ['{ a: process.exit() }', 'c.js, line 1: process.exit() cannot be read'],
    ['{ a: somewhere }', 'c.js, line 1: somewhere cannot be read'],
    ['{ a: typeof 1 }', 'c.js, line 1: the operator unary typeof cannot be read'],
    ['{ a: [...{}] }', 'c.js, line 1: ... of what it says (ObjectExpression) cannot be read'],
    ['{ a: 1 };\nf()', 'c.js, line 2: a second statement cannot be read'],
    ['[1]', 'c.js, line 1: what it says (ArrayExpression) instead of an object cannot be read'],
    ['1; var a', 'c.js, line 1: a statement (VariableDeclaration) cannot be read'],
    ["{ a: '' + { toString: 1 } }", 'c.js: cannot be read: Cannot convert object to primitive value'],
    ['{ a: 1,\n', 'c.js, line 3: not a JavaScript object: Unexpected token'],
    ['', 'c.js, line 2: not a JavaScript object: Unexpected token'],
  ];
  for (const [text, message] of faults) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => read(text)).to.throw(ConfigError, message);
    });
  }

  it('names the way out', () => {
    expect(() => read('{ a: f() }')).to.throw(/; write a plain value, or start with --allow-js-config/);
  });
});
