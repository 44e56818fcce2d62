import { execFileSync } from 'node:child_process';
import { expect } from 'chai';

const leanHeap = new URL('../lib/lean-heap.js', import.meta.url).href;

/** Makes many objects, of which few live long, and prints the bytes that the space for young ones has grown by. */
const program = (before: string): string => `
  import { getHeapSpaceStatistics } from 'node:v8';
  import { Worker } from 'node:worker_threads';
  import { keepYoungHeapSmall } from ${JSON.stringify(leanHeap)};
  const room = () => getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size;
  const start = async () => {
    const worker = new Worker('', { eval: true });
    await new Promise((resolve) => worker.once('exit', resolve));
  };
  ${before}
  const begin = room();
  for (let i = 0; i < 50; i += 1) {
    const kept = Array.from({ length: 20000 }, (_, k) => ({ k, text: 'x' + k }));
    if (kept.length === 0) throw new Error();
  }
  console.log(room() - begin);`;

const growthAfter = (before: string): number =>
  Number(execFileSync(process.execPath, ['--input-type=module', '--eval', program(before)]));

describe('the small heap of young objects', () => {
  it('stays small when it is asked for again after a thread was started', () => {
    const left = growthAfter('await start();');
    const asked = growthAfter('keepYoungHeapSmall(); await start(); keepYoungHeapSmall();');
    expect(asked).to.be.below(left / 2);
  });
});
