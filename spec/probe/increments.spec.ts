import { expect } from 'chai';
import { Increments } from '../../lib/probe/increments.js';
import { level, type Reading, total } from '../../lib/probe/reading.js';

const eth0 = [{ key: 'interface', value: 'eth0' }];
const lo = [{ key: 'interface', value: 'lo' }];
const bytes = (value: number, tags = eth0): Reading => total('network_rx_bytes', value, tags);

describe('increments of running totals', () => {
  it('pass a level on as a gauge', () => {
    expect(new Increments().next([level('mem_free', 7)])).to.deep.equal([
      { name: 'mem_free', kind: 'gauge', value: 7, tags: [] },
    ]);
  });

  it('have nothing to say of a first reading', () => {
    expect(new Increments().next([bytes(1000)])).to.deep.equal([]);
  });

  it('are what was added since the reading before, nothing included', () => {
    const increments = new Increments();
    increments.next([bytes(1000)]);
    expect(increments.next([bytes(1500)])).to.deep.equal([
      { name: 'network_rx_bytes', kind: 'counter', value: 500, tags: eth0 },
    ]);
    expect(increments.next([bytes(1500)])[0]?.value).to.equal(0);
  });

  it('keep the totals of different tags apart', () => {
    const increments = new Increments();
    increments.next([bytes(10), bytes(20, lo)]);
    const samples = increments.next([bytes(11), bytes(22, lo)]);
    expect(samples.map(({ value, tags }) => [tags, value])).to.deep.equal([
      [eth0, 1],
      [lo, 2],
    ]);
  });

  it('skip a total that went back, and go on from there', () => {
    const increments = new Increments();
    increments.next([bytes(4_294_967_000)]);
    expect(increments.next([bytes(100)])).to.deep.equal([]);
    expect(increments.next([bytes(130)])[0]?.value).to.equal(30);
  });

  it('start anew with a device that was away', () => {
    const increments = new Increments();
    increments.next([bytes(1000)]);
    increments.next([]);
    expect(increments.next([bytes(5000)])).to.deep.equal([]);
  });

  it('do not mention what has never counted, and catch its first count', () => {
    const increments = new Increments();
    increments.next([bytes(0)]);
    expect(increments.next([bytes(0)])).to.deep.equal([]);
    expect(increments.next([bytes(3)])[0]?.value).to.equal(3);
  });
});
