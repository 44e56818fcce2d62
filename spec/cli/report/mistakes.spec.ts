import { mkdirSync } from 'node:fs';
import { expect } from 'chai';
import { MetricType } from '../../../lib/metric.js';
import { buckets, seriesOf } from '../../query/samples.js';
import { run } from '../../support/program.js';
import { temporaryFolder } from '../../support/temporary.js';
import { sharedDatabase } from './paper.js';

describe('what goodall-report says of a mistake', () => {
  const endMs = Math.floor(Date.now() / 10_000) * 10_000;
  const starts = buckets(endMs - 60_000, 6, 10_000);
  const samples = ['web', 'api'].map((service) => ({
    series: seriesOf('latency', MetricType.Timer, `service:${service}`),
    timeMs: starts[0] as number,
    value: 7,
  }));
  const plain = { series: seriesOf('plain', MetricType.Counter), timeMs: starts[0] as number, value: 1 };
  const file = sharedDatabase([...samples, plain], starts);
  const folder = temporaryFolder();

  for (const [words, code, message] of [
    ['--tag srevice:web', 13, /has the tag srevice:web; did you mean service:web\?$/],
    [
      'series latency --tag service:elsewhere',
      13,
      /"latency" in .* has the tag service:elsewhere; the values of service are /,
    ],
    ['percentiles latency --tag zone:a', 13, /the tag zone:a; what there is: timer with service:/],
    ['latency --type counter', 13, /has such a type and such tags; what there is: timer with service:/],
    ['top --refused', 13, /no server refused a series/],
    ['top plain --tags', 13, /no series here has a tag/],
    ['--db=', 64, /--db: the name is empty; give a database file$/],
    ['--help=5', 64, /--help=5: a switch takes no value; write --help/],
    ['percentiles latency --format xml', 64, /this command has no format "xml"; give table or json$/],
    ['manual latency', 64, /manual takes nothing/],
  ] as const) {
    it(`${words}: ${code}, in one line`, async () => {
      const args = words.split(' ');
      const finished = await run(
        'goodall-report',
        words.startsWith('manual') ? args : [...args, '--db', file.path],
      );
      expect(finished).to.include({ code, stdout: '' });
      expect(finished.stderr).to.match(/^goodall-report: [^\n]+\n$/);
      expect(finished.stderr.trimEnd()).to.match(message);
    });
  }

  it('is about the file that an import cannot read', async () => {
    mkdirSync(folder.file('directory'));
    for (const [name, reason] of [
      ['none.jsonl', 'there is no such file'],
      ['directory', 'it is a directory'],
    ] as const) {
      const { code, stderr } = await run('goodall-report', ['import', '--db', 'new.db', name], {
        cwd: folder.path,
      });
      const text = `cannot read ${name}: ${reason}; give the file that goodall-report export wrote`;
      expect([code, stderr]).to.deep.equal([64, `goodall-report: ${text}\n`]);
    }
  });

  it('is an empty name of a database in every command that takes one', async () => {
    for (const words of ['doctor', 'backup copy.db', 'export', 'import', 'series', 'compare --against 1d']) {
      const { code, stderr } = await run('goodall-report', [...words.split(' '), '--db='], {
        cwd: folder.path,
      });
      expect(code, words).to.equal(64);
      expect(stderr, words).to.match(/^goodall-report: [^\n]*(?:--db: the name is empty|name the database)/);
    }
  });

  it('is UNKNOWN of a check, and says what a figure may be', async () => {
    const { code, stdout } = await run('goodall-report', ['check', 'latency p101 > 5', '--db', file.path]);
    expect(code).to.equal(3);
    expect(stdout).to.match(
      /^GOODALL UNKNOWN - cannot read "latency p101 > 5"; .* percentiles up to p100\n$/,
    );
  });
});
