import { expect } from 'chai';
import { flow, pad, printable, shorten, textWidth } from '../../lib/report/text.js';

describe('printable', () => {
  it('makes control characters visible', () => {
    expect(printable('a\u001b[31mred\u0007\u0000')).to.equal('a\\x1b[31mred\\x07\\x00');
    expect(printable('a\nb\rc\td')).to.equal('a\\nb\\rc\\td');
    expect(printable('\u009b31m\u007f')).to.equal('\\x9b31m\\x7f');
  });

  it('makes characters visible that reorder, hide or break text', () => {
    expect(printable('a\u202eb\u2066\u200b\u2028\ufeff')).to.equal(
      'a\\u{202e}b\\u{2066}\\u{200b}\\u{2028}\\u{feff}',
    );
    expect(printable('\ud800x')).to.equal('\\u{d800}x');
  });

  it('leaves every other text alone', () => {
    for (const text of ['api.latency', 'größe', '日本語', '👩‍👩‍👧', 'e\u0301', '']) {
      expect(printable(text)).to.equal(text);
    }
  });
});

describe('textWidth', () => {
  for (const [text, width] of [
    ['', 0],
    ['abc', 3],
    ['größe', 5],
    ['日本語', 6],
    ['한글', 4],
    ['ｆｕｌｌ', 8],
    ['e\u0301', 1],
    ['👍', 2],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['❤️', 2],
    ['…', 1],
    ['µs', 2],
  ] as const) {
    it(`is ${width} for ${JSON.stringify(text)}`, () => {
      expect(textWidth(text)).to.equal(width);
    });
  }
});

describe('shorten', () => {
  it('leaves alone what fits', () => {
    expect(shorten('abcdef', 6, 'middle')).to.equal('abcdef');
  });

  it('cuts in the middle or at the end', () => {
    expect(shorten('abcdefghij', 7, 'middle')).to.equal('abc…hij');
    expect(shorten('abcdefghij', 6, 'middle')).to.equal('abc…ij');
    expect(shorten('abcdefghij', 6, 'end')).to.equal('abcde…');
    expect(shorten('abcdefghij', 2, 'middle')).to.equal('ab');
  });

  it('never exceeds the width, nor cuts a character in two', () => {
    const text = '日本e\u0301語👩‍👩‍👧メトリクス';
    for (let width = 0; width <= 20; width++) {
      for (const cut of ['middle', 'end'] as const) {
        const short = shorten(text, width, cut);
        expect(textWidth(short)).to.be.at.most(width);
        expect(text).to.contain(short.split('…')[0]);
      }
    }
  });
});

describe('pad', () => {
  it('fills up by the width on the screen', () => {
    expect(pad('日', 4, 'left')).to.equal('日  ');
    expect(pad('12', 4, 'right')).to.equal('  12');
    expect(pad('12345', 4, 'right')).to.equal('12345');
  });
});

describe('flow', () => {
  it('breaks between parts and indents what follows', () => {
    expect(flow(['one', 'two', 'three'], ' · ', 12)).to.deep.equal(['one · two', '  three']);
    expect(flow(['one', 'two'], ' ', 80)).to.deep.equal(['one two']);
    expect(flow(['much-too-long', 'x'], ' ', 5)).to.deep.equal(['much-too-long', '  x']);
  });
});
