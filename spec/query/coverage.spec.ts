import { expect } from 'chai';
import { Coverage } from '../../lib/query/coverage.js';

const ten = (...starts: number[]) => starts.map((timeMs) => ({ timeMs, stepMs: 10 }));
const window = (sinceMs: number, untilMs: number) => ({ sinceMs, untilMs });
const later = 1_000_000;

describe('Coverage', () => {
  it('counts a bucket whole where it starts', () => {
    const coverage = new Coverage(ten(100, 110, 120));
    expect(coverage.msStartedIn(window(100, 130))).to.equal(30);
    expect(coverage.msStartedIn(window(105, 125))).to.equal(20);
    expect(coverage.msStartedIn(window(0, 100))).to.equal(0);
    expect(coverage.msStartedIn(window(130, 999))).to.equal(0);
  });

  it('counts the time within a window to the millisecond', () => {
    const coverage = new Coverage(ten(100, 110, 140));
    expect(coverage.msWithin(window(105, 145))).to.equal(20);
    expect(coverage.msWithin(window(0, 999))).to.equal(30);
    expect(coverage.msWithin(window(120, 140))).to.equal(0);
    expect(coverage.msWithin(window(150, 200))).to.equal(0);
  });

  it('knows where the bucket ends that an instant cuts', () => {
    const coverage = new Coverage(ten(100, 110));
    expect([99, 100, 101, 110, 115, 130].map((timeMs) => coverage.endOfStarted(timeMs))).to.deep.equal([
      99, 100, 110, 110, 120, 130,
    ]);
  });

  it('counts time once that several servers cover', () => {
    const coverage = new Coverage([...ten(100, 110), ...ten(110, 120), { timeMs: 100, stepMs: 60 }]);
    expect(coverage.msStartedIn(window(0, 999))).to.equal(60);
    expect(coverage.bucketCount).to.equal(3);
  });

  it('knows which instants lie in a bucket', () => {
    const coverage = new Coverage(ten(100, 110, 140));
    const inside = [99, 100, 119, 120, 139, 140, 149, 150].filter((timeMs) => coverage.covers(timeMs));
    expect(inside).to.deep.equal([100, 119, 140, 149]);
  });

  it('knows which longer buckets a server was running in for a part', () => {
    const coverage = new Coverage(ten(130, 140));
    const partly = [0, 60, 100, 120, 149, 150].filter((timeMs) => coverage.covers(timeMs, 60));
    expect(partly).to.deep.equal([100, 120, 149]);
  });

  it('covers nothing without buckets', () => {
    const coverage = new Coverage([]);
    expect(coverage.covers(5)).to.equal(false);
    expect(coverage.msStartedIn(window(0, 10))).to.equal(0);
    expect(coverage.gaps(window(0, 10), later)).to.deep.equal([window(0, 10)]);
  });

  it('finds the gaps, from the start of the window to its end', () => {
    const coverage = new Coverage(ten(150, 160, 200));
    expect(coverage.gaps(window(100, 300), later)).to.deep.equal([
      window(100, 150),
      window(170, 200),
      window(210, 300),
    ]);
  });

  it('takes a bucket that the window cuts for no gap', () => {
    const coverage = new Coverage(ten(110, 120));
    expect(coverage.gaps(window(101, 125), later)).to.deep.equal([]);
  });

  it('takes what is still to be written, and the future, for no gap', () => {
    const coverage = new Coverage(ten(100, 110));
    expect(coverage.gaps(window(100, 140), 139)).to.deep.equal([]);
    expect(coverage.gaps(window(100, 900), 139)).to.deep.equal([]);
    expect(coverage.gaps(window(100, 900), 150)).to.deep.equal([window(120, 150)]);
  });
});
