import { expect } from 'chai';
import { CommandReader, maxCommandLength, noCommand } from '../../lib/admin/command-reader.js';

/** The commands of each segment. */
function read(...segments: readonly string[]): string[][] {
  const reader = new CommandReader();
  return segments.map((segment) => reader.read(Buffer.from(segment)));
}

describe('the reader of console commands', () => {
  it('finds one command a line, without the white space around it', () => {
    expect(read('help\n')).to.deep.equal([['help']]);
    expect(read(' health  up \r\nstats\r\n\tquit\n')).to.deep.equal([['health  up', 'stats', 'quit']]);
  });

  it('finds the same commands wherever the segments are cut', () => {
    const bytes = Buffer.from('help\r\ndelcounters größe.* b\n json counters \nhealth down\nrest');
    for (let first = 1; first < bytes.length - 1; first++) {
      for (let second = first + 1; second < bytes.length; second++) {
        const reader = new CommandReader();
        const parts = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
        expect(parts.flatMap((part) => reader.read(part))).to.deep.equal([
          'help',
          'delcounters größe.* b',
          'json counters',
          'health down',
        ]);
        expect(reader.unfinished).to.equal('rest');
      }
    }
  });

  it('takes a blank line for an error when it comes alone, once', () => {
    expect(read('\n', 'help\n', '\r\n', ' \n\n')).to.deep.equal([
      [noCommand],
      ['help'],
      [noCommand],
      [noCommand],
    ]);
  });

  it('ignores a blank line in one segment with a command', () => {
    expect(read('health\n\n', '\nhealth\n', '\nhealth', '\n')).to.deep.equal([
      ['health'],
      ['health'],
      [],
      ['health'],
    ]);
  });

  it('keeps what has no line end yet, and lets it be taken once', () => {
    const reader = new CommandReader();
    expect(reader.read(Buffer.from('help\nsta'))).to.deep.equal(['help']);
    expect(reader.unfinished).to.equal('sta');
    expect(reader.read(Buffer.from('ts '))).to.deep.equal([]);
    expect(reader.takeUnfinished()).to.equal('stats');
    expect(reader.takeUnfinished()).to.equal('');
  });

  it('lets the line end of a command that was taken come later', () => {
    for (const lineEnd of [['\n'], ['\r\n'], ['\r', '\n']]) {
      const reader = new CommandReader();
      reader.read(Buffer.from('stats'));
      reader.takeUnfinished();
      expect(lineEnd.flatMap((part) => reader.read(Buffer.from(part)))).to.deep.equal([]);
      expect(reader.read(Buffer.from('\n'))).to.deep.equal([noCommand]);
    }
    const reader = new CommandReader();
    reader.read(Buffer.from('stats'));
    reader.takeUnfinished();
    expect(reader.read(Buffer.from('help\n'))).to.deep.equal(['help']);
    expect(reader.read(Buffer.from('\n'))).to.deep.equal([noCommand]);
  });

  it('takes the longest line allowed', () => {
    const line = 'x'.repeat(maxCommandLength);
    expect(read(`${line}\nhelp\n`)).to.deep.equal([[line, 'help']]);
  });

  it('drops a line that is too long up to its end, as one error', () => {
    const half = 'x'.repeat(maxCommandLength / 2);
    expect(read(half, half, 'x', half, `${half}\nhelp\n`, 'quit\n')).to.deep.equal([
      [],
      [],
      [noCommand],
      [],
      ['help'],
      ['quit'],
    ]);
    expect(read(half, half, 'x', '\n', 'help\n')).to.deep.equal([[], [], [noCommand], [], ['help']]);
    expect(read(`help\n${half}${half}x`, '\n')).to.deep.equal([['help', noCommand], []]);
  });

  it('holds nothing of a line that is too long', () => {
    const reader = new CommandReader();
    for (let i = 0; i < 100; i++) reader.read(Buffer.from('x'.repeat(1000)));
    expect(reader.unfinished).to.equal('');
  });
});
