import { expect } from 'chai';
import { murmur3x86128 } from '../../lib/sketch/hash.js';

function hexOf(text: string, seed = 0): string {
  const bytes = new TextEncoder().encode(text);
  const out = new Uint32Array(4);
  murmur3x86128(bytes, 0, bytes.length, seed, out);
  return [...out].map((word) => word.toString(16).padStart(8, '0')).join('');
}

describe('murmur3x86128', () => {
  it('gives the verification value that SMHasher publishes for it', () => {
    // SMHasher's procedure: hash (), (0), (0 1), ... (0 ... 254) with seeds 256, 255, ... 1; then hash the hashes.
    const key = Uint8Array.from({ length: 256 }, (_, i) => i);
    const hashes = new Uint8Array(256 * 16);
    const view = new DataView(hashes.buffer);
    const out = new Uint32Array(4);
    for (let length = 0; length < 256; length += 1) {
      murmur3x86128(key, 0, length, 256 - length, out);
      out.forEach((word, i) => {
        view.setUint32(length * 16 + i * 4, word, true);
      });
    }
    murmur3x86128(hashes, 0, hashes.length, 0, out);
    expect(out[0]!.toString(16)).to.equal('b3ece62a');
  });

  it('gives the published hashes of known texts', () => {
    expect(hexOf('')).to.equal('0'.repeat(32));
    expect(hexOf("I will not buy this tobacconist's, it is scratched.")).to.equal(
      '9b5b7ba2ef3f7866889adeaf00f3f98e',
    );
    expect(hexOf('', 1)).to.equal('88c4adec54d201b954d201b954d201b9');
    expect(hexOf('The quick brown fox jumps over the lazy dog')).to.equal('2f1583c3ecee2c675d7bf66ce5e91d2c');
  });

  it('hashes only the range it is given', () => {
    const bytes = new TextEncoder().encode('xxThe quick brown foxyy');
    const out = new Uint32Array(4);
    murmur3x86128(bytes, 2, bytes.length - 2, 0, out);
    const hex = [...out].map((word) => word.toString(16).padStart(8, '0')).join('');
    expect(hex).to.equal(hexOf('The quick brown fox'));
  });
});
