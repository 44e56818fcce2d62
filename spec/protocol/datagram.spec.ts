import { expect } from 'chai';
import fc from 'fast-check';
import { type LineSink, walkDatagram } from '../../lib/protocol/datagram.js';
import { type Dialect, dialects } from '../../lib/protocol/dialect.js';
import { LineParser } from '../../lib/protocol/line.js';
import type { ParsedLine } from '../../lib/protocol/parsed-line.js';
import { type Reject, rejectNames } from '../../lib/protocol/reject.js';

/** Writes down what it is given, one word each. */
class Journal implements LineSink {
  readonly entries: string[] = [];

  metric({ slab, nameStart, nameEnd, sampleCount }: ParsedLine): void {
    this.entries.push(`${Buffer.from(slab.subarray(nameStart, nameEnd))} x${sampleCount}`);
  }

  event(event: { title: string; timeMs: number }): void {
    this.entries.push(`event ${event.title} at ${event.timeMs}`);
  }

  check(check: { name: string; timeMs: number }): void {
    this.entries.push(`check ${check.name} at ${check.timeMs}`);
  }

  rejected(reason: Reject, bits: number, slab: Uint8Array, start: number, end: number): void {
    this.entries.push(`${rejectNames[reason]} x${bits} in ${Buffer.from(slab.subarray(start, end))}`);
  }
}

function walked(dialect: Dialect, datagram: string): { lines: number; entries: readonly string[] } {
  const journal = new Journal();
  const slab = Buffer.from(`evil:1|c\n${datagram}\nevil:2|c`);
  const parser = new LineParser({ dialect, sanitizeNames: true });
  const lines = walkDatagram(parser, slab, 9, slab.length - 9, 5, journal);
  return { lines, entries: journal.entries };
}

describe('a datagram', () => {
  it('is read line by line, with or without a last line feed', () => {
    const entries = ['a x1', 'b x2', 'event t at 5', 'check up at 5'];
    const datagram = 'a:1|c\nb:1:2|ms\n_e{1,1}:t|x\n_sc|up|0';
    for (const text of [datagram, `${datagram}\n`]) {
      expect(walked('goodall', text)).to.deep.equal({ lines: 4, entries });
    }
  });

  it('may hold empty lines, which are none', () => {
    for (const dialect of dialects) {
      expect(walked(dialect, '\n\n\na:1|c\n\n\nb:1|c\n\n').lines).to.equal(2);
      expect(walked(dialect, '')).to.deep.equal({ lines: 0, entries: [] });
      expect(walked(dialect, '\n')).to.deep.equal({ lines: 0, entries: [] });
    }
    expect(walked('goodall', '\r\na:1|c\r\n\r\n')).to.deep.equal({ lines: 1, entries: ['a x1'] });
    expect(walked('statsd', 'a:1|c\r\n\r\n').lines, 'statsd knows no carriage return').to.equal(2);
  });

  it('loses nothing but its bad lines', () => {
    expect(walked('goodall', 'a:1|c\nb\nc:1|z\r\nd:1|c').entries).to.deep.equal([
      'a x1',
      'no_value x1 in b',
      'bad_type x1 in c:1|z\r',
      'd x1',
    ]);
  });

  it('gives the good bits of a line of statsd’s before its bad ones', () => {
    expect(walked('statsd', 'a:1:2:3|c\nb:1|c')).to.deep.equal({
      lines: 2,
      entries: ['a x1', 'no_type x2 in a:1:2:3|c', 'b x1'],
    });
  });

  it('may be as long as UDP allows', () => {
    const datagram = 'a:12|c|#b\n'.repeat(6551).slice(0, 65_507);
    const { lines, entries } = walked('goodall', datagram);
    expect([lines, entries.length, entries.at(-1)]).to.deep.equal([6551, 6551, 'a x1']);
  });

  it('of any bytes never throws and has an outcome for every line', () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(fc.constantFrom(...dialects), fc.boolean(), bytes, (dialect, sanitizeNames, slab) => {
        const journal = new Journal();
        const lines = walkDatagram(
          new LineParser({ dialect, sanitizeNames }),
          slab,
          0,
          slab.length,
          5,
          journal,
        );
        const texts = Buffer.from(slab).toString('latin1').split('\n');
        const blank = dialect === 'statsd' ? /^$/ : /^\r?$/;
        expect(lines).to.equal(texts.filter((text) => !blank.test(text)).length);
        expect(journal.entries.length).to.be.at.least(lines);
      }),
      { numRuns: 2000 },
    );
  });
});
