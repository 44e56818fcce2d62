import { expect } from 'chai';
import { heardBy, partHeard } from '../../lib/flush/flush.js';
import { emptyFlush } from '../support/flushes.js';

const startMs = 1_000_000;
const part = (openMs: number, untilMs: number, openingMs = openMs) =>
  partHeard(startMs, 10_000, { openingMs, openMs }, untilMs);

describe('the part of a bucket that a server heard', () => {
  it('is nothing to speak of when it is all of it', () => {
    expect(part(startMs - 1, Number.POSITIVE_INFINITY)).to.equal(undefined);
    expect(part(startMs, startMs + 10_000)).to.equal(undefined);
  });

  it('begins when the server does, and ends with it', () => {
    expect(part(startMs + 2000.7, Infinity)).to.deep.equal({
      sinceMs: startMs + 2000,
      untilMs: startMs + 10_000,
    });
    expect(part(0, startMs + 0.2)).to.deep.equal({ sinceMs: startMs, untilMs: startMs + 1 });
    expect(part(startMs + 3, startMs + 4)).to.deep.equal({ sinceMs: startMs + 3, untilMs: startMs + 4 });
  });

  it('is what was left of the bucket when its end passed while the sockets were opened', () => {
    const { heard, until } = { heard: startMs + 9950, until: startMs + 10_000 };
    expect(part(until + 5, Infinity, heard)).to.deep.equal({ sinceMs: heard, untilMs: until });
    expect(part(until, Infinity, heard)).to.deep.equal({ sinceMs: heard, untilMs: until });
  });

  it('is all of it when a clock that was set makes it none', () => {
    expect(part(startMs + 20_000, Infinity)).to.equal(undefined);
    expect(part(0, startMs)).to.equal(undefined);
  });

  it('is the bucket of a flush that says nothing else', () => {
    const flush = emptyFlush(startMs, 10_000);
    expect(heardBy(flush)).to.deep.equal({ sinceMs: startMs, untilMs: startMs + 10_000 });
    const heard = { sinceMs: 1, untilMs: 2 };
    expect(heardBy({ ...flush, heard })).to.equal(heard);
  });
});
