import { expect } from 'chai';
import { Printout } from './printout.js';

describe('what a run of the benchmarks prints', () => {
  it('says what failed in its place, goes on behind it, and remembers it', async () => {
    const shown: string[] = [];
    const out = new Printout((line) => shown.push(line));
    await out.section('## First', async () => {
      out.header('server', '>CPU');
      throw new Error('no socket');
    });
    await out.section('## Second', async () => out.row('goodall', 1));
    expect(out.hasFailed).to.equal(true);
    expect(out.text).to.equal(shown.join('\n'));
    expect(out.text.split('\n').filter((line) => line !== '')).to.deep.equal([
      ...[
        '## First',
        '| server | CPU |',
        '| --- | --: |',
        '**Failed:** no socket',
        '## Second',
        '| goodall | 1 |',
      ],
    ]);
  });

  it('has not failed while nothing did', async () => {
    const out = new Printout(() => {});
    await out.section('## First', async () => out.print('fine'));
    expect(out.hasFailed).to.equal(false);
  });
});
