import { expect } from 'chai';
import { command as check } from '../../../lib/cli/report/check.js';
import { run } from '../../support/program.js';
import { checkData } from './check-samples.js';
import { type Done, type Options, runCommand, sharedDatabase } from './paper.js';

const nowMs = Math.floor(Date.now() / 10_000) * 10_000;
const { samples, starts } = checkData(nowMs);

describe('goodall-report check', () => {
  const file = sharedDatabase(samples, starts);
  const ask = (expression: string, options: Options = {}): Promise<Done> =>
    runCommand(check, [expression], { db: file.path, ...options }, nowMs);

  it('compares the exact figure with its limits, and gives it as performance data', async () => {
    const warn = await ask('hits rate', { warning: '2', critical: '5' });
    expect(warn).to.deep.equal({
      code: 1,
      text: "GOODALL WARNING - hits rate is 3/s over 5m (warning above 2/s) | 'hits rate'=3;2;5\n",
      warnings: '',
    });
    const low = await ask('hits rate < 4 over 2m');
    expect(low.text).to.equal(
      "GOODALL CRITICAL - hits rate is 3/s over 2m (critical below 4/s) | 'hits rate'=3;;4:\n",
    );
    expect(low.code).to.equal(2);
    const sum = await ask('hits sum over 1m', { critical: '@100:200' });
    expect(sum.text).to.contain(
      "hits sum is 180 over 1m (critical within 100 and 200) | 'hits sum'=180;;@100:200",
    );
  });

  it('reads limits in the unit of the series, and writes them in its performance data', async () => {
    const { code, text } = await ask('latency max > 0.9s', { 'group-by': 'host' });
    expect(code).to.equal(2);
    expect(text).to.equal(
      'GOODALL CRITICAL - 1 critical of 2: latency host:a max is 1 s over 5m (critical above 900 ms) | ' +
        "'latency host:a max'=1000ms;;~:900 'latency host:b max'=100ms;;~:900\n",
    );
  });

  it('merges the series of a name unless told otherwise', async () => {
    const { text } = await ask('latency p50', { warning: '1000', critical: '2000' });
    const exact = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].flatMap((n) => [n * 10, n * 100]).sort((a, b) => a - b);
    const value = Number(/'latency p50'=([\d.]+)ms;1000;2000/.exec(text)?.[1]);
    // 30 buckets of these: number floor(0.5 (600 - 1)) of all is number 9.
    expect(value).to.be.closeTo(exact[9] ?? 0, (exact[9] ?? 0) * 0.01);
    const one = await ask('latency mean', { warning: '1000', tag: 'host:b' });
    expect(one.text).to.contain("'latency mean'=55ms;1000;");
  });

  it('says when a percentile rests on few samples', async () => {
    const { text } = await ask('latency p99.9', { critical: '2000' });
    expect(text).to.match(/latency p99\.9 is \S+ \w+ from few samples over 5m/);
    expect((await ask('latency max', { critical: '2000' })).text).not.to.contain('few');
  });

  it('alerts "for" a time only when the limit was passed all along', async () => {
    expect((await ask('depth last > 40 over 5m')).code).to.equal(2);
    expect((await ask('depth max > 40 for 5m')).code).to.equal(2);
    // The low bucket of the second minute from the end makes that minute's least value low.
    expect((await ask('depth min > 40 for 5m')).code).to.equal(0);
    expect((await ask('depth min > 40 for 1m')).code).to.equal(2);
  });

  it('takes the limit of the expression for the one that is not given', async () => {
    const both = await ask('hits rate > 1', { warning: '2', critical: '4' });
    expect(both.text).to.contain("'hits rate'=3;~:2;~:4");
    const own = await ask('hits rate > 1', { critical: '4' });
    expect(own.text).to.contain("(warning above 1/s) | 'hits rate'=3;~:1;~:4");
  });

  it('lets no name break the line or its performance data', async () => {
    const { text } = await ask('evil* last', { warning: '5' });
    expect(text).to.equal("GOODALL OK - evil'=1/x last is 1 over 5m | 'evil__1_x last'=1;5;\n");
  });

  for (const [title, args, code, line] of [
    ['0 when all is well', ['hits rate > 5'], 0, /^GOODALL OK - [^\n]*\n$/],
    ['1 at a warning', ['hits', 'rate', '-w', '2'], 1, /^GOODALL WARNING - [^\n]*\n$/],
    ['2 when it is critical', ['hits rate < 5'], 2, /^GOODALL CRITICAL - [^\n]*\n$/],
    ['3 without values', ['nothing rate < 5'], 3, /^GOODALL UNKNOWN - no name in [^\n]*\n$/],
    [
      '3 for a figure the type does not have',
      ['hits last < 5'],
      3,
      /^GOODALL UNKNOWN - a counter has no last/,
    ],
    ['3 without a limit', ['hits rate'], 3, /^GOODALL UNKNOWN - there is no limit/],
    ['3 for a limit in another unit', ['hits rate > 5ms'], 3, /^GOODALL UNKNOWN - cannot read the limit/],
    [
      '3 for an unknown option',
      ['hits rate > 5', '--color'],
      3,
      /^GOODALL UNKNOWN - Unknown argument: color/,
    ],
    [
      '3 without a database',
      ['hits rate > 5', '--db', '/nowhere/x.db'],
      3,
      /^GOODALL UNKNOWN - [^\n]*no such file/,
    ],
  ] as const) {
    it(`ends with ${title}, and one line`, async () => {
      const db = args.some((arg) => arg === '--db') ? [] : ['--db', file.path];
      const finished = await run('goodall-report', ['check', ...args, ...db]);
      expect(finished.code, finished.stdout).to.equal(code);
      expect(finished.stdout).to.match(line);
      expect(finished.stderr).to.equal('');
    });
  }
});
