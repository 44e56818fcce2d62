import { expect } from 'chai';
import { exactShape } from '../../../lib/query/shape.js';
import { heatMapOf } from '../../../lib/report/html/heat-map.js';

const shapeOf = (...values: number[]) => exactShape(Float64Array.from(values));

describe('heatMapOf', () => {
  it('has cells of equal ratio from the least to the greatest value of all steps', () => {
    const map = heatMapOf([shapeOf(1, 1, 1, 1000), undefined, shapeOf(10)]);
    expect(map?.edges).to.have.length(33);
    expect([map?.edges[0], map?.edges[16], map?.edges[32]]).to.deep.equal([1, 31.6228, 1000]);
    expect(map?.cells.map((cells) => cells.filter((weight) => weight > 0))).to.deep.equal([
      [1000, 334],
      [],
      [334],
    ]);
    expect(map?.cells[0]?.[31]).to.equal(334);
  });

  it('has cells of equal width where values reach zero, and one for a single value', () => {
    const map = heatMapOf([shapeOf(-16, 0, 16)]);
    expect([map?.edges[0], map?.edges[1], map?.edges[32]]).to.deep.equal([-16, -15, 16]);
    expect(map?.cells[0]?.[16]).to.equal(1000);
    const single = heatMapOf([shapeOf(5)]);
    expect(single?.edges[0]).to.equal(5);
    expect(single?.cells[0]?.[0]).to.equal(1000);
  });

  it('is none without samples', () => {
    expect(heatMapOf([undefined])).to.equal(undefined);
  });
});
