import { expect } from 'chai';
import fc from 'fast-check';
import { LineFramer, maxLineBytes } from '../../lib/transport/line-framer.js';

/** A framer, and what came out of it. */
function framer() {
  const lines: string[] = [];
  const pieces: string[] = [];
  const broken: [string, string][] = [];
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
  const framer = new LineFramer({
    lines: (bytes) => {
      pieces.push(text(bytes));
      lines.push(...text(bytes).split('\n'));
    },
    broken: (reason, beginning) => broken.push([reason, text(beginning)]),
  });
  const take = (...segments: string[]) => {
    for (const segment of segments) framer.take(Buffer.from(segment, 'latin1'));
  };
  return { framer, take, lines, pieces, broken };
}

describe('a stream cut into lines', () => {
  it('gives whole lines as one piece and holds the one that is not finished', () => {
    const { take, pieces } = framer();
    take('a:1|c\nb:2|c\nc:', '3|', 'c\nd');
    expect(pieces).to.deep.equal(['a:1|c\nb:2|c', 'c:3|c']);
  });

  it('is the same wherever its segments end', () => {
    const line = fc.string({ unit: fc.constantFrom('a', ':', '|', 'é'), maxLength: 12 });
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(40)), (lines, cuts) => {
        const { framer: cut, take, lines: got, broken } = framer();
        let rest = lines.map((text) => `${text}\n`).join('');
        for (const length of cuts) {
          take(rest.slice(0, length));
          rest = rest.slice(length);
        }
        take(rest);
        cut.end();
        const filled = (all: readonly string[]) => all.filter((text) => text !== '');
        expect(filled(got)).to.deep.equal(filled(lines));
        expect(broken).to.deep.equal([]);
      }),
    );
  });

  it('takes what has no line feed for a line when the stream ends in good order', () => {
    const { framer: ended, take, lines } = framer();
    take('a:1|c\nb:2', '|c');
    ended.end();
    ended.end();
    expect(lines).to.deep.equal(['a:1|c', 'b:2|c']);
  });

  it('takes what has no line feed for no line when the stream is lost', () => {
    const { framer: lost, take, lines, broken } = framer();
    take('a:1|c\nb:2|c|@0.', '1');
    lost.cut();
    lost.cut();
    expect(lines).to.deep.equal(['a:1|c']);
    expect(broken).to.deep.equal([['unfinished', 'b:2|c|@0.1']]);
  });

  for (const [title, segmentBytes] of [
    ['in one segment', Number.MAX_SAFE_INTEGER],
    ['in many', 1000],
  ] as const) {
    it(`passes over a line that is too long, ${title}, and goes on behind it`, () => {
      const { take, lines, broken } = framer();
      const longest = 'x'.repeat(maxLineBytes);
      const all = `a\n${longest}\n${longest}y\nb\n${'z'.repeat(3 * maxLineBytes)}\nc\n`;
      for (let at = 0; at < all.length; at += segmentBytes) take(all.slice(at, at + segmentBytes));
      expect(lines.map((line) => line.slice(0, 3))).to.deep.equal(['a', 'xxx', 'b', 'c']);
      expect(lines[1]).to.have.length(maxLineBytes);
      expect(broken.map(([reason, beginning]) => [reason, beginning.slice(0, 3)])).to.deep.equal([
        ['too_long', 'xxx'],
        ['too_long', 'zzz'],
      ]);
    });
  }

  it('tells of a line that is too long before it ends, once', () => {
    const { framer: endless, take, lines, broken } = framer();
    for (let i = 0; i < 10; i++) take('x'.repeat(20_000));
    expect(broken).to.have.length(1);
    endless.end();
    expect([lines, broken.length]).to.deep.equal([[], 1]);
  });

  it('makes no piece longer than a line may be', () => {
    const { take, pieces } = framer();
    take('0123456789\n'.repeat(20_000));
    expect(Math.max(...pieces.map(({ length }) => length))).to.be.at.most(maxLineBytes);
    expect(pieces.join('\n').split('\n')).to.have.length(20_000);
  });
});
