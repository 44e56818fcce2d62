import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { expect } from 'chai';
import { readStatsdFile } from '../../lib/config/statsd-file.js';
import { ConfigError } from '../../lib/errors.js';
import { temporaryFolder } from '../support/temporary.js';

describe('a config file that may be run', () => {
  const files = temporaryFolder();
  const run = (name: string, text: string): Record<string, unknown> =>
    Object.fromEntries(
      readStatsdFile(files.write(name, text), { env: {}, allowScript: true }).map(({ key, value }) => [
        key,
        value,
      ]),
    );

  it('has process, require, __dirname and __filename, as under statsd', () => {
    const text = "{ a: require('os').hostname(), b: __dirname, c: __filename, d: process.pid }";
    const path = files.file('scope.js');
    expect(run('scope.js', text)).to.deep.equal({ a: hostname(), b: dirname(path), c: path, d: process.pid });
  });

  it('requires files beside it', () => {
    files.write('more.json', '{"a": 1}');
    expect(run('with-more.js', "Object.assign(require('./more.json'), { b: 2 })")).to.deep.equal({
      a: 1,
      b: 2,
    });
  });

  it('may be more than one statement, and is not strict', () => {
    const text =
      'module.exports = { a: 0777 };\nmodule.exports.b = (function () { return this !== undefined; })();\nmodule.exports';
    expect(run('statements.js', text)).to.deep.equal({ a: 511, b: true });
  });

  it('gives the lines of what is an object', () => {
    const path = files.write('lines.js', '{\n a: 1,\n "b": process.pid }');
    const entries = readStatsdFile(path, { env: {}, allowScript: true });
    expect(entries.map(({ key, line }) => [key, line])).to.deep.equal([
      ['a', 2],
      ['b', 3],
    ]);
  });

  const faults: readonly (readonly [text: string, message: RegExp])[] = [
    ['{\n a: nowhere }', /fault\.js, line 2: running it failed: nowhere is not defined$/],
    ['{ a: (function () { throw 5; })() }', /fault\.js: running it failed: 5$/],
    ['{ a: ', /fault\.js, line 2: not a JavaScript object: Unexpected token$/],
    ['5', /fault\.js: running it gives number, not an object$/],
  ];
  for (const [text, message] of faults) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => run('fault.js', text)).to.throw(ConfigError, message);
    });
  }
});
