import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { GoodallError } from '../../lib/errors.js';
import { ScratchFile } from '../../lib/query/scratch-file.js';

describe('a scratch file', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'goodall-'));
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  it('gives back the numbers of any place, written or not yet', () => {
    const file = new ScratchFile(directory);
    const numbers = Array.from({ length: 100_000 }, (_, i) => i / 7);
    file.append([Number.NaN, -0, Number.NEGATIVE_INFINITY]);
    const start = file.end;
    file.append(numbers);
    expect(file.end - start).to.equal(numbers.length);
    expect(file.read(start, file.end)).to.deep.equal(numbers);
    expect(file.read(start + 70_000, start + 70_003)).to.deep.equal(numbers.slice(70_000, 70_003));
    file.append([5]);
    expect(file.read(file.end - 1, file.end)).to.deep.equal([5]);
    expect(file.read(0, 3)).to.deep.equal([Number.NaN, -0, Number.NEGATIVE_INFINITY]);
    file.close();
  });

  it('leaves nothing behind, not even while it is open', () => {
    const file = new ScratchFile(directory);
    file.append(new Array<number>(100_000).fill(1));
    expect(readdirSync(directory)).to.deep.equal([]);
    file.close();
  });

  it('needs no folder until something is put away', () => {
    new ScratchFile(join(directory, 'none')).close();
  });

  it('says which folder takes no file, and what to do', () => {
    const file = new ScratchFile(join(directory, 'none'));
    const write = () => file.append(new Array<number>(100_000).fill(1));
    expect(write).to.throw(GoodallError, /none: ENOENT.*; set TMPDIR to a folder with room/);
  });
});
