import { expect } from 'chai';
import { spark } from '../../lib/report/spark.js';

describe('spark', () => {
  it('draws from nothing or from the least value up to the greatest', () => {
    expect(spark([0, 1, 2, 3, 4, 5, 6, 7, 8], true)).to.equal('▁▂▃▄▅▆▇██');
    expect(spark([80, 101], true)).to.equal('▇█');
    expect(spark([100, 101], false)).to.equal('▁█');
    expect(spark([-1, 1], true)).to.equal('▁█');
  });

  it('leaves what is not known blank, and lays flat what does not change', () => {
    expect(spark([Number.NaN, 2, Number.NaN, 2], false)).to.equal(' ▁ ▁');
    expect(spark([0, 0], true)).to.equal('▁▁');
    expect(spark([Number.NaN], true)).to.equal('');
  });
});
