import { expect } from 'chai';
import { Gathering } from '../../lib/transport/gathering.js';

const slots = 128;

/** Lets a steady stream flow for a second: every receive empties the queue a batch at a time, without taking time itself. */
function flow(gathering: Gathering, datagramsPerSecond: number): { wakeUps: number; deepest: number } {
  const perUs = datagramsPerSecond / 1e6;
  let wakeUps = 0;
  let deepest = 0;
  let queued = 0;
  for (let us = 0; us < 1e6; ) {
    const waitUs =
      gathering.pauseUs > 0 ? gathering.pauseUs : queued >= 1 ? 0 : Math.ceil((1 - queued) / perUs);
    if (waitUs > 0) wakeUps++;
    us += waitUs;
    queued += waitUs * perUs;
    deepest = Math.max(deepest, queued);
    const taken = Math.min(slots, Math.floor(queued));
    queued -= taken;
    gathering.took(taken);
  }
  return { wakeUps, deepest };
}

describe('letting datagrams gather', () => {
  it('wakes up for many datagrams at a time at moderate load', () => {
    const { wakeUps, deepest } = flow(new Gathering(2000, 1000, slots), 30_000);
    expect(wakeUps).to.be.within(490, 510);
    expect(deepest).to.be.at.most(61);
  });

  it('does not let more gather than the receive buffer may hold', () => {
    const { wakeUps, deepest } = flow(new Gathering(2000, 50, slots), 200_000);
    expect(wakeUps).to.be.within(3900, 4200);
    // The first pause is the longest: nothing was known of the load yet.
    expect(deepest).to.equal(400);
  });

  it('stays with single datagrams when the buffer is too small for any pause', () => {
    const gathering = new Gathering(2000, 1, slots);
    flow(gathering, 30_000);
    gathering.took(4);
    expect(gathering.pauseUs).to.equal(0);
  });

  it('never pauses while batches are full', () => {
    const gathering = new Gathering(2000, 1000, slots);
    for (let i = 0; i < 10; i++) {
      gathering.took(slots);
      expect(gathering.pauseUs).to.equal(0);
    }
  });

  it('does not pause after a receive that found nothing, so an idle socket sleeps in the kernel', () => {
    const gathering = new Gathering(2000, 1000, slots);
    gathering.took(5);
    expect(gathering.pauseUs).to.equal(2000);
    gathering.took(0);
    expect(gathering.pauseUs).to.equal(0);
  });

  it('takes the whole burst into account, not only its last batch', () => {
    const gathering = new Gathering(2000, slots, slots);
    gathering.took(slots);
    gathering.took(slots - 1);
    expect(gathering.pauseUs).to.be.within(1000, 1010);
  });

  it('comes back to the longest pause when the load falls', () => {
    const gathering = new Gathering(2000, 50, slots);
    flow(gathering, 200_000);
    flow(gathering, 5000);
    gathering.took(10);
    expect(gathering.pauseUs).to.equal(2000);
  });

  it('can be switched off', () => {
    const gathering = new Gathering(0, 1000, slots);
    gathering.took(5);
    expect(gathering.pauseUs).to.equal(0);
  });
});
