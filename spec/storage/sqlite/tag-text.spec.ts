import { expect } from 'chai';
import fc from 'fast-check';
import { tagsFromText, tagsToText } from '../../../lib/storage/sqlite/tag-text.js';
import { tagsOf } from '../../contract/flushes.js';

describe('tags as text', () => {
  it('read as people write them', () => {
    expect(tagsToText([])).to.equal('');
    expect(tagsToText(tagsOf('canary', 'env:prod', 'url:http://x'))).to.equal('canary,env:prod,url:http://x');
  });

  it('have a backslash before what would be taken for a separator', () => {
    expect(tagsToText([{ key: 'a:b', value: 'c,d\\' }])).to.equal('a\\:b:c\\,d\\\\');
  });

  it('give the same tags back, whatever is in them', () => {
    const part = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('\\', ',', ':', 'a') }),
    );
    fc.assert(
      fc.property(fc.array(fc.record({ key: part, value: part })), (tags) => {
        expect(tagsFromText(tagsToText(tags))).to.deep.equal(tags);
      }),
    );
  });

  it('differ for different tags', () => {
    const texts = [
      ...[[], [{ key: '', value: '' }], [{ key: 'a', value: '' }], [{ key: '', value: 'a' }]],
      ...[
        [{ key: 'a', value: 'b,c' }],
        [
          { key: 'a', value: 'b' },
          { key: 'c', value: '' },
        ],
      ],
    ].map(tagsToText);
    expect(new Set(texts).size).to.equal(texts.length);
  });
});
