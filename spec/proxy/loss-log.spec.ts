import { expect } from 'chai';
import { Counts } from '../../lib/proxy/counts.js';
import { LossLog } from '../../lib/proxy/loss-log.js';

describe("the proxy's log of losses", () => {
  it('has a line for each kind of loss that grew, and none for the others', () => {
    const counts = new Counts();
    const log = new LossLog(counts);
    expect(log.lines(0)).to.deep.equal([]);
    expect(log.lines(undefined)).to.deep.equal([]);
    counts.add('linesWithoutNode', 3);
    counts.refused(5, 101);
    expect(log.lines(7)).to.deep.equal([
      '3 lines dropped: no node is healthy; 3 in all',
      '5 lines dropped: the system refused to send them (errno 101); 5 in all',
      '7 datagrams dropped by the system: they came faster than they could be taken; 7 in all',
    ]);
    expect(log.lines(7)).to.deep.equal([]);
    counts.refused(1, 1);
    expect(log.lines(7)).to.deep.equal([
      '1 lines dropped: the system refused to send them (errno 1); 6 in all',
    ]);
  });
});
