import { expect } from 'chai';
import type { Snapshot } from '../../lib/aggregate/snapshot.js';
import { Continuity } from '../../lib/flush/continuity.js';

const intervalMs = 1000;
const hour = Date.UTC(2026, 0, 1, 12);

function snapshot(startMs: number, datagrams = 7): Snapshot {
  const counts = { datagrams, bytes: 0, lines: 0, badLines: {}, unknownFields: 0 };
  const series = { samplesOverflowed: 0, seriesLive: 3, seriesRefused: 0 };
  return { startMs, points: [], events: [], checks: [], badLines: [], counts: { ...counts, ...series } };
}

const starts = (snapshots: readonly Snapshot[]) => snapshots.map(({ startMs }) => startMs - hour);

describe('the continuity of flushes', () => {
  it('adds nothing to intervals that follow one another', () => {
    const continuity = new Continuity(intervalMs);
    expect(starts(continuity.fill([snapshot(hour)], 500))).to.deep.equal([0]);
    expect(starts(continuity.fill([snapshot(hour + 1000)], 1500))).to.deep.equal([1000]);
  });

  it('says of intervals that a busy server passed over that nothing was received in them', () => {
    const continuity = new Continuity(intervalMs);
    continuity.fill([snapshot(hour)], 500);
    const filled = continuity.fill([snapshot(hour + 3000)], 3700);
    expect(starts(filled)).to.deep.equal([0, 1000, 2000].map((ms) => ms + 1000));
    expect(filled.map(({ counts }) => counts.datagrams)).to.deep.equal([0, 0, 7]);
    expect(filled[0]!.counts.seriesLive).to.equal(3);
  });

  it('fills in between two snapshots that are collected at once', () => {
    const continuity = new Continuity(intervalMs);
    const filled = continuity.fill([snapshot(hour), snapshot(hour + 2000)], 500);
    expect(starts(filled)).to.deep.equal([0, 1000, 2000]);
  });

  it('leaves a gap for time in which the host slept or the clock was set forward', () => {
    const continuity = new Continuity(intervalMs);
    continuity.fill([snapshot(hour)], 500);
    expect(starts(continuity.fill([snapshot(hour + 60_000)], 1500))).to.deep.equal([60_000]);
  });

  it('adds nothing when the clock is set back', () => {
    const continuity = new Continuity(intervalMs);
    continuity.fill([snapshot(hour)], 500);
    expect(starts(continuity.fill([snapshot(hour - 60_000)], 1500))).to.deep.equal([-60_000]);
  });
});
