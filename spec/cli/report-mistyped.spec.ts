import { expect } from 'chai';
import { MetricType } from '../../lib/metric.js';
import { buckets, seriesOf } from '../query/samples.js';
import { run } from '../support/program.js';
import { sharedDatabase } from './report/paper.js';

describe('a command that is mistyped', () => {
  const endMs = Math.floor(Date.now() / 10_000) * 10_000;
  const starts = buckets(endMs - 60_000, 6, 10_000);
  const samples = ['latency', 'tops', 'eventual'].map((name) => ({
    series: seriesOf(name, MetricType.Timer),
    timeMs: starts[0] as number,
    value: 7,
  }));
  const file = sharedDatabase(samples, starts);
  const report = (...args: string[]) => run('goodall-report', [...args, '--db', file.path]);

  it('is not taken for a pattern that happens to match nothing', async () => {
    const { code, stdout, stderr } = await report('histgram', 'latency');
    expect([code, stdout]).to.deep.equal([13, '']);
    expect(stderr).to.match(
      /^goodall-report: no name in .* matches "histgram", and it is no command; did you mean goodall-report histogram\?\n$/,
    );
  });

  it('may have been to be a name, too', async () => {
    expect((await report('event')).stderr).to.match(/; did you mean goodall-report events or eventual\?\n$/);
  });

  it('is a pattern where a name matches it', async () => {
    const { code, stdout } = await report('tops', 'latency');
    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/^tops /m)
      .and.to.match(/^latency /m);
  });
});
