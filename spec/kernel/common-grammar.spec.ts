import { expect } from 'chai';
import type { Dialect } from '../../lib/protocol/dialect.js';
import { dialects } from '../../lib/protocol/dialect.js';
import { KernelTwin, Twins } from './twins.js';

/** How many of the lines, each sent twice, the kernel leaves to the plain parser. */
function handedOver(dialect: Dialect, lines: readonly string[]): string[] {
  return lines.filter((line) => {
    const twin = new KernelTwin({ dialect, slots: 2, slotBytes: 1500 });
    twin.ingest([Buffer.from(line), Buffer.from(`${line}\n`)], 0);
    return twin.handedOver.lines > 0;
  });
}

const everywhere = [
  'foo:1|c',
  'foo:-1|c',
  'foo:+1|c',
  'foo:0.25|c',
  'foo:5.|c',
  'foo:.5|c',
  'foo:1|c|@0.1',
  'foo:320|g',
  'foo:+3|g',
  'foo:-3|g',
  'foo:320|ms',
  'foo:320.125|ms|@0.25',
  'foo:12345678.125|h',
  'foo:-1|h',
  'foo:9007199254740991|d',
  'foo:765|s',
  'foo:any text|s|@0.5',
  'foo:1|c|#env:prod,service:web',
  'foo:1|c|@0.1|#a:b',
  'foo:1|c|#',
  'foo:1|ms|#a:b\r',
  'foo/bar baz.ü:1|c',
  'foo;k=v:1|c',
  'a.name.of.more.than.thirty-two.letters:1|c',
];
const notInStatsd = [
  'foo:1:2:3|ms',
  'foo:1.5:-2|c|@0.1|#a',
  'foo:1:2|g',
  'foo:a:b|s',
  'foo:1|c|#a:b|@0.1',
  'foo:1|c|@0.1|@0.2',
  'foo:1|c|c:0123456789',
  'foo:1|c|e:it-false,cn-name',
  'foo:1|ms|card:low|#a:b|c:x|@0.5|e:x',
  'foo:1|c\r',
  'foo:1|ms|@0.5\r',
];
const nowhere = [
  'foo',
  'foo:1',
  'foo:1|x',
  'foo:1e3|c',
  'foo:0x10|c',
  'foo: 1|c',
  'foo:9007199254740992|c',
  'foo:1|c|@0',
  'foo:1|c|@1.5',
  'foo:1|c|T1700000000',
  'foo:1|c|unknown',
  'foo:1|c:2|ms',
  'foo:1||c',
  '_e{1,1}:a|b',
  '_e{1,1}:1|c',
  '_e{1,1}:a|s',
  '_sc|name|0',
];

describe('the grammar of the kernel', () => {
  for (const dialect of dialects) {
    it(`has what clients send, in dialect ${dialect}`, () => {
      const lines = dialect === 'statsd' ? everywhere : [...everywhere, ...notInStatsd];
      expect(handedOver(dialect, lines)).to.deep.equal([]);
    });

    it(`reads them as the plain path does, in dialect ${dialect}`, () => {
      const twins = new Twins({ dialect });
      for (const line of [...everywhere, ...notInStatsd, ...nowhere]) {
        twins.ingest([line]);
        twins.compare();
      }
    });

    it(`leaves the rest to the plain parser, in dialect ${dialect}`, () => {
      const lines = dialect === 'statsd' ? [...nowhere, ...notInStatsd] : nowhere;
      expect(handedOver(dialect, lines)).to.deep.equal(lines);
    });
  }
});
