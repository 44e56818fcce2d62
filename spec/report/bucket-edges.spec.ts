import { expect } from 'chai';
import { bucketsFor } from '../../lib/report/bucket-edges.js';
import { unitOf } from '../../lib/report/units.js';

const plain = unitOf('depth', 'gauge');
const bytes = unitOf('body_bytes', 'distribution');

function edges(min: number, max: number, most: number, unit = plain, leastPositive = min): readonly number[] {
  return bucketsFor({ min, max, leastPositive }, unit, most).edges;
}

describe('the edges of buckets', () => {
  it('grow with the values where these differ much', () => {
    expect(edges(1.5, 400, 10)).to.deep.equal([1, 2, 5, 10, 20, 50, 100, 200, 500]);
    expect(edges(1e-3, 1e9, 8)).to.deep.equal([1e-4, 1e-2, 1, 1e2, 1e4, 1e6, 1e8, 1e10]);
  });

  it('are equally far apart where they do not, or are below zero', () => {
    expect(edges(41, 59, 10)).to.deep.equal([40, 42, 44, 46, 48, 50, 52, 54, 56, 58, 60]);
    expect(edges(-1_000, 5, 4)).to.deep.equal([-1000, -500, 0, 500]);
    expect(edges(0.11, 0.29, 4)).to.deep.equal([0.1, 0.15, 0.2, 0.25, 0.3]);
  });

  it('are powers of two for bytes', () => {
    expect(edges(1_000, 100_000, 10, bytes)).to.deep.equal([
      512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072,
    ]);
    expect(edges(1_000, 9_000, 5, bytes)).to.deep.equal([0, 2048, 4096, 6144, 8192, 10240]);
  });

  it('give zeros a bucket of their own below growing ones', () => {
    expect(edges(0, 400, 10, plain, 2)).to.deep.equal([0, 2, 5, 10, 20, 50, 100, 200, 500]);
  });

  it('hold every value, in no more buckets than asked for', () => {
    for (const [min, max] of [
      [0.003, 0.0031],
      [1, 19.9],
      [5, 100],
      [1e-9, 1e15],
      [999, 1001],
      [10, 1000],
    ] as const) {
      for (const most of [2, 7, 20]) {
        for (const unit of [plain, bytes]) {
          const found = edges(min, max, most, unit);
          const where = `${min} to ${max} in ${most}: ${found.join(' ')}`;
          expect(found.length - 1, where).to.be.within(1, most);
          expect(found[0], where).to.be.at.most(min);
          expect(found.at(-1), where).to.be.above(max);
        }
      }
    }
  });

  it('are the one value where there is only one', () => {
    expect(edges(7, 7, 20)).to.deep.equal([7, 7]);
  });
});
