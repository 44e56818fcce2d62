import { expect } from 'chai';
import { Dice, randomDatagram } from './traffic.js';
import { Twins } from './twins.js';

/** `count` lines of names of their own, in datagrams of about 1,400 bytes. */
function manyNames(count: number, line: (i: number) => string): string[] {
  const datagrams: string[] = [];
  let text = '';
  for (let i = 0; i < count; i += 1) {
    text += `${line(i)}\n`;
    if (text.length > 1350 || i === count - 1) {
      datagrams.push(text);
      text = '';
    }
  }
  return datagrams;
}

describe('the series table of the kernel', () => {
  it('grows with the spellings and finds every one of them again', () => {
    const twins = new Twins({ dialect: 'goodall' });
    const datagrams = manyNames(
      8000,
      (i) => `name.${i}:${i}|${['c', 'g', 'ms', 's'][i % 4]}|#host:h${i % 7}`,
    );
    twins.ingest(datagrams);
    twins.ingest(datagrams.toReversed());
    twins.compare();
    expect(twins.kernel.handedOver).to.deep.equal({ lines: 0, spellings: 8000, samples: 0 });
    expect(twins.kernel.kernel.seriesCount).to.equal(8000);
  });

  for (const hashBits of [1, 5]) {
    it(`tells spellings apart that collide in ${hashBits === 1 ? 'all but one bit' : 'groups'}`, () => {
      const twins = new Twins({ dialect: 'goodall', hashBits });
      const datagrams = manyNames(600, (i) => `name.${i % 300}:${i}|${['c', 'g', 'ms'][i % 3]}|#t:${i % 11}`);
      twins.ingest(datagrams);
      twins.ingest(datagrams);
      twins.compare();
      const dice = new Dice(1);
      for (let i = 0; i < 100; i += 1) twins.ingest([randomDatagram(dice, 1432, 40, 10)]);
      twins.compare();
    });
  }

  it('compares all of a spelling: name, tags, where one ends and the other begins, and the type', () => {
    const twins = new Twins({ dialect: 'goodall', hashBits: 1 });
    const long = 'sixteen.letters.and.sixteen.more.';
    twins.ingest([
      'ab:1|c\nab:1|g\nab:1|ms\nab:1|h\nab:1|s\n',
      'ab:1|c|#c\na:1|c|#bc\nabc:1|c\nab:1|c|#\n',
      `${long}:1|c\n${long}x:1|c\ny${long}:1|c\n${long}:1|c|#x\n`,
      `a:1|c|#${long}\na:1|c|#${long}x\na:1|c|#y${long}\n`,
    ]);
    twins.compare();
  });

  it('compares every byte of a spelling, whatever its length', () => {
    const twins = new Twins({ dialect: 'goodall', hashBits: 1 });
    for (const length of [1, 2, 15, 16, 17, 31, 32, 33, 47, 48, 49, 64, 70]) {
      const lines = Array.from({ length }, (_, i) => {
        const text = `${'x'.repeat(i)}y${'x'.repeat(length - i - 1)}`;
        return `${text}:1|c\nn:1|c|#${text}\n`;
      });
      twins.ingest(lines);
      expect(twins.compare().points).to.have.length(2 * length);
    }
  });

  it('finds short spellings at the end of the memory', () => {
    // The memory begins with little; slots of other sizes move the place where it ends among the series.
    for (let slotBytes = 63; slotBytes < 63 + 7 * 128; slotBytes += 128) {
      const twins = new Twins({ dialect: 'goodall', slots: 2, slotBytes });
      for (let i = 0; i < 1300; i += 1) twins.ingest([`n${i}:1|c`, `n${i}:1|c`]);
      twins.compare();
    }
  });

  it('leads several spellings to one series, in the order in which the samples came', () => {
    const twins = new Twins({ dialect: 'goodall' });
    twins.ingest(['g:5|g|#a,b\ng:+2|g|#b,a\ng:-1|g|#a,b,a\n/g:+10|g|#b,a\ng:1e1|g|#a,b\ng:+1|g|#b,a\n']);
    const { points } = twins.compare();
    expect(points).to.have.length(2);
    expect(twins.kernel.kernel.seriesCount).to.equal(2);
  });

  it('forgets spellings when they become many times more than series', () => {
    const twins = new Twins({ dialect: 'goodall' });
    twins.ingest(['same:5|g|#first\n']);
    const spellings = manyNames(
      3000,
      (i) => `same:+1|g|#first${',first'.repeat(i % 200)}${','.repeat(i / 200)}`,
    );
    twins.ingest(spellings);
    twins.ingest(spellings.toReversed());
    twins.compare();
    expect(twins.kernel.kernel.seriesCount).to.equal(1);
    expect(twins.kernel.kernel.spellingCount).to.be.below(2000);
  });

  it('forgets them in the middle of a batch that has some of them', () => {
    const twins = new Twins({ dialect: 'goodall' });
    const spelling = (name: string, i: number): string =>
      `${name}:1|c|#${String(i).padStart(12, '0').replaceAll('0', 'a,')}`;
    for (let i = 1; i < 1500; i += 1) {
      const lines = [
        `a:1|c|#${','.repeat(i)}`,
        `b:1|c|#${','.repeat(Math.max(1, i - 40))}`,
        spelling('a', 0),
      ];
      twins.ingest([
        `${lines.join('\n')}\nb:1|c|#${','.repeat(i)}\na:1|c|#${','.repeat(Math.max(1, i - 3))}\n`,
      ]);
    }
    twins.compare();
  });

  it('leaves refused series to the plain path', () => {
    const twins = new Twins({ dialect: 'goodall', maxSeries: 100 });
    const datagrams = manyNames(300, (i) => `name.${i % 3}:1|c|#t:${i}`);
    twins.ingest(datagrams);
    twins.ingest(datagrams);
    twins.compare();
  });
});

describe('names with too many series', () => {
  it('are refused alike by both paths, whatever else they send', () => {
    const twins = new Twins({ dialect: 'goodall', maxSeries: 400, maxSeriesPerName: 12 });
    const dice = new Dice(20260104);
    for (let round = 0; round < 150; round += 1) {
      const id = dice.roll(200);
      const type = dice.pick(['c', 'g', 'ms', 's', 'h']);
      const exploding = `boom.${dice.roll(5)}:${id}|${type}|#user:${id},zone:z${dice.roll(3)}\n`;
      twins.ingest([exploding.repeat(1 + dice.roll(3)), randomDatagram(dice, 1432, 40, 10)]);
      if (dice.once(10)) twins.compare();
    }
    const { counts } = twins.compare();
    expect(counts.get('overflow')).to.be.above(0);
    const refused = [twins.kernel, twins.plain].map(({ taker }) => taker.table.refused);
    expect(refused[0]).to.be.above(100);
  });
});

describe('datagrams in the receive slots', () => {
  it('are read up to their ends, whatever a longer one left behind them', () => {
    const twins = new Twins({ dialect: 'goodall', slots: 2, slotBytes: 64 });
    const before = 'stale:12345|ms|@0.1|#stale:tag|c:x\nstale:1:2:3|g\nstale:1|c\n';
    for (let length = 1; length <= 64; length += 1) {
      const datagram = 'name.of:1:2|ms|@0.5|#tag:value,other:1|c:abc\nname:77.25|g|#x:y|';
      twins.ingest([before, before]);
      twins.ingest([datagram.slice(0, length), datagram.slice(length - 1, length)]);
      twins.ingest([':5|c', '|c', '1|c', '\n', 'c'].map((tail) => `${tail}`));
      twins.compare();
    }
  });

  it('may fill a slot to its last byte', () => {
    const twins = new Twins({ dialect: 'goodall', slots: 3, slotBytes: 1432 });
    const full = `${'a:1|c\n'.repeat(237)}name:12|c\n`;
    expect(full).to.have.length(1432);
    twins.ingest([full, full, full.slice(0, -1), `${full.slice(0, -1)}x`]);
    twins.compare();
  });

  it('may be as long as UDP has them, of one line or of nothing but separators', () => {
    const twins = new Twins({ dialect: 'goodall', slots: 2 });
    const most = 65_507;
    twins.ingest([
      `${'x'.repeat(most - 4)}:1|c`,
      `a:1|c|#${'t'.repeat(most - 8)}`,
      `a:${'9'.repeat(most - 4)}|c`,
      `m:${'z'.repeat(most - 4)}|s`,
      '\n'.repeat(most),
      ':'.repeat(most),
      '|'.repeat(most),
      `a${':1'.repeat(32_752)}|c`,
      'a:1|c\n'.repeat(10_917),
      `${'a:1:2|g\n'.repeat(8000)}`,
    ]);
    twins.compare();
  });

  it('may be empty, and a batch may have none', () => {
    const twins = new Twins({ dialect: 'goodall' });
    twins.ingest(['', 'a:1|c', '', '\n', '\r\n', '']);
    twins.ingest([]);
    twins.kernel.kernel.ingest(0, 0, twins.kernel);
    expect(twins.compare().lines).to.equal(1);
  });
});
