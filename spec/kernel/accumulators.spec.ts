import { expect } from 'chai';
import type { GaugePartial } from '../../lib/aggregate/partial.js';
import { dialects } from '../../lib/protocol/dialect.js';
import { Dice } from './traffic.js';
import { Twins } from './twins.js';

/** Lines of one series, a datagram for every hundred. */
function samples(count: number, line: (i: number) => string): string[] {
  return Array.from({ length: Math.ceil(count / 100) }, (_, datagram) => {
    const first = datagram * 100;
    return Array.from({ length: Math.min(100, count - first) }, (_, i) => line(first + i)).join('\n');
  });
}

describe('accumulators of the kernel', () => {
  it('keep what a gauge is from interval to interval, for changes', () => {
    const twins = new Twins({ dialect: 'goodall' });
    const lasts = [
      ['g:10|g\ng:-15|g\ng:+2|g'],
      ['other:1|g'],
      ['g:+0.5|g'],
      [],
      ['g:-5|g\ng:7|g\ng:+1|g'],
    ].map((datagrams, interval) => {
      twins.ingest(datagrams, 1000 * interval);
      return twins.compare().points.map(({ partial }) => (partial as GaugePartial).last);
    });
    expect(lasts).to.deep.equal([[-3], [1], [-2.5], [], [8]]);
  });

  it('take the gauge that a server before left behind', () => {
    const twins = new Twins({ dialect: 'goodall' });
    twins.ingest(['g:1|g']);
    twins.compare();
    for (const { taker } of [twins.kernel, twins.plain]) taker.accumulators.turnGauge(0, 100, false);
    twins.ingest(['g:-1|g']);
    expect(twins.compare().points[0]!.partial).to.include({ last: 99 });
  });

  it('add in the order in which samples came, and keep the sign of a zero', () => {
    const twins = new Twins({ dialect: 'goodall' });
    twins.ingest([
      'a:0.1|c\na:0.2|c\na:0.3|c\na:-0.6|c',
      'b:-0|c',
      'c:-0|c\nc:-0|c\nd:-0|g\nd:0|g',
      'e:-0|h\nf:0|c',
    ]);
    twins.ingest(['a:9007199254740991|c\na:1|c\na:0.4|c|@0.3', 'g:0|h\ng:-0|h\nh:-0|h\nh:0|h']);
    twins.compare();
  });

  it('weigh samples by their rate, also when the rate changes on the way', () => {
    const twins = new Twins({ dialect: 'goodall' });
    const rates = ['', '', '|@0.1', '|@0.5', '|@1', '|@0.3', '|@0.25|#a:b'];
    for (const count of [1, 3, 4, 5, 9, 200, 1024, 1025, 3000]) {
      twins.ingest(
        samples(count, (i) => `t:${(i * 7) % 311}|ms${i < count / 2 ? '' : rates[i % rates.length]}`),
      );
      twins.ingest(samples(count, (i) => `c:${i}|c${rates[i % rates.length]}\nd:${-i}|d|@0.1`));
      twins.compare();
    }
  });

  for (const count of [1023, 1024, 1025, 1026, 2048, 2049, 5000]) {
    it(`fold ${count} samples as the plain path does`, () => {
      const twins = new Twins({ dialect: 'goodall' });
      const dice = new Dice(count);
      twins.ingest(samples(count, () => `t:${dice.roll(1e6) / 1000}|ms`));
      twins.ingest(samples(count, () => `h:${(dice.roll(2001) - 1000) * 10 ** dice.roll(12)}|h`));
      twins.ingest(samples(count, (i) => `constant:42|ms\nzero:0|h\npacked:${i}:${i}:-${i}:0.5|d`));
      twins.compare();
      // The blocks are used again.
      twins.ingest(samples(count, () => `h:${dice.roll(1e6)}|h\nt:${dice.roll(1e3)}|ms`));
      twins.compare();
    });
  }

  it('take no zero for less than another, however many samples there are', () => {
    const twins = new Twins({ dialect: 'goodall' });
    twins.ingest(
      samples(1100, (i) => `falling:${i < 1050 ? '0' : '-0'}|h\nrising:${i < 1050 ? '-0' : '0'}|h`),
    );
    twins.compare();
  });

  for (const maxBins of [1, 2, 40, 300]) {
    it(`collapse the lowest bins beyond ${maxBins}`, () => {
      const twins = new Twins({ dialect: 'goodall', sketch: { maxBins } });
      const dice = new Dice(maxBins);
      const anySize = (): number => (dice.roll(1e6) + 1) * 10 ** (dice.roll(14) - 7);
      twins.ingest(
        samples(2500, () => `mixed:${anySize().toFixed(7)}|h\nminus:-${anySize().toFixed(7)}|h|@0.5`),
      );
      twins.ingest(
        samples(2500, (i) => `rising:${1.01 ** (i / 2)}|h\nfalling:${(1.01 ** (1250 - i / 2)).toFixed(9)}|h`),
      );
      twins.ingest(
        samples(2500, (i) => `far:${i < 1500 ? 1 + i : i * 1e9}|ms\nback:${i < 1500 ? i * 1e9 : 1 + i}|ms`),
      );
      twins.compare();
    });
  }

  it('find the bins of another accuracy', () => {
    const twins = new Twins({ dialect: 'goodall', sketch: { relativeAccuracy: 0.002, maxBins: 4096 } });
    twins.ingest(samples(3000, (i) => `t:${(i * 7919) % 104_729}.${i}|ms`));
    twins.compare();
  });

  for (const members of [1, 3, 60, 1023, 1024, 1025, 1026, 20_000]) {
    it(`count ${members} members of a set`, () => {
      const twins = new Twins({ dialect: 'goodall' });
      for (let interval = 0; interval < 2; interval += 1) {
        twins.ingest(samples(2 * members, (i) => `s:${'m'.repeat(i % 37)}${i % members}|s|#interval:x`));
        twins.compare();
      }
    });
  }

  for (const dialect of dialects) {
    it(`take a set's member as it is, in dialect ${dialect}`, () => {
      const twins = new Twins({ dialect });
      const spellings = ['a:b', ':', '::', 'a:', ':a', ' ', '-1', '1e3', '', 'ü', 'x'.repeat(70), '0', '+'];
      twins.ingest(spellings.map((member) => `s:${member}|s`));
      twins.ingest([spellings.map((member) => `s:${member}|s|@0.1|#a`).join('\n')]);
      twins.compare();
    });
  }
});
