import { expect } from 'chai';
import fc from 'fast-check';
import type { Dialect } from '../../lib/protocol/dialect.js';
import { dialects } from '../../lib/protocol/dialect.js';
import { readIdentity } from '../../lib/protocol/identity.js';
import { LineParser, Outcome } from '../../lib/protocol/line.js';

function identityOf(dialect: Dialect, text: string, sanitizeNames = true) {
  const parser = new LineParser({ dialect, sanitizeNames });
  const bytes = Buffer.from(text);
  expect(parser.parse(bytes, 0, bytes.length), text).to.equal(Outcome.Metric);
  return readIdentity(parser.line, { dialect, sanitizeNames });
}

const word = fc.string({ unit: fc.constantFrom(...'abcABZ019_.-'), minLength: 1, maxLength: 4 });
const tag = fc.oneof(
  word,
  fc.tuple(word, word).map(([key, value]) => `${key}:${value}`),
);
const shuffledTags = fc
  .uniqueArray(tag, { maxLength: 6 })
  .chain((tags) =>
    fc.tuple(
      fc.shuffledSubarray(tags, { minLength: tags.length }),
      fc.shuffledSubarray([...tags, ...tags], { minLength: tags.length * 2 }),
    ),
  );

describe('the identity of a line', () => {
  it('is the same for tags in any order and number', () => {
    fc.assert(
      fc.property(fc.constantFrom(...dialects), shuffledTags, (dialect, [tags, doubled]) => {
        const identity = identityOf(dialect, `n:1|c|#${tags.join(',')}`);
        expect(identityOf(dialect, `n:1|c|#${doubled.join(',')}`)).to.deep.equal(identity);
      }),
    );
  });

  it('is the same for all ways to write tags', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(word, word), { minLength: 1, maxLength: 6 }), (pairs) => {
        const join = (assignment: string, separator: string) =>
          pairs.map((pair) => pair.join(assignment)).join(separator);
        const spellings = [
          `n;${join('=', ';')}:1|c`,
          `n,${join('=', ',')}:1|c`,
          `n#${join('=', ',')}:1|c`,
          `n[${join('=', ',')}]:1|c`,
          `[${join('=', ',')}]n:1|c`,
          `n,${join('=', ',')}:1|c|#${join(':', ',')}`,
        ];
        const identity = identityOf('goodall', `n:1|c|#${join(':', ',')}`);
        for (const spelling of spellings) expect(identityOf('goodall', spelling)).to.deep.equal(identity);
        expect(identityOf('statsd', spellings[0]!)).to.deep.equal(identity);
        expect(identityOf('statsd', `n:1|c|#${join(':', ',')}`)).to.deep.equal(identity);
      }),
    );
  });

  it('does not depend on anything but name and tags', () => {
    const { name, tags } = identityOf('goodall', 'n,k=v:1|c|#a:b');
    for (const line of ['n,k=v:x|s|#a:b', 'n,k=v:1:2|ms|@0.5|T7|#a:b|c:1', 'n,k=v:1|c:2|g|#a:b\r']) {
      expect(identityOf('goodall', line)).to.deep.equal({ name, tags });
    }
  });

  it('of an accepted line has a name, except where statsd lets it have none', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'a.=;,#[]/( \u00e9\u00a0_-\u0000\ufeff'),
      maxLength: 8,
    });
    fc.assert(
      fc.property(text, fc.boolean(), (name, sanitizeNames) => {
        const bytes = Buffer.from(`${name}:1|c`);
        for (const dialect of ['goodall', 'dogstatsd'] as const) {
          const options = { dialect, sanitizeNames };
          const parser = new LineParser(options);
          const outcome = parser.parse(bytes, 0, bytes.length);
          expect(readIdentity(parser.line, options).name === '').to.equal(outcome === Outcome.Rejected);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
