import { expect } from 'chai';
import { commandNames, commandWords } from '../../../lib/cli/report/command-words.js';
import { allCommands, commandOf } from '../../../lib/cli/report/commands.js';
import { MetricType } from '../../../lib/metric.js';
import { buckets, seriesOf } from '../../query/samples.js';
import { run } from '../../support/program.js';
import { sharedDatabase } from './paper.js';

describe('the commands of goodall-report', () => {
  it('are called as the word that finds them, and say what they are for', async () => {
    const [report, ...words] = await allCommands();
    expect(report?.name).to.equal('');
    expect(words.map(({ name }) => name)).to.deep.equal(commandNames);
    for (const summary of Object.values(commandWords)) expect(summary).to.match(/^[a-z].{10,90}$/);
    for (const { name, examples, epilog } of words) {
      expect(examples.length, name).to.be.above(0);
      expect(epilog.join(' '), name).to.match(/Exit codes: 0 /);
    }
  });

  it('are asked for by the first word alone', async () => {
    expect(await nameAndRest(['compare', '--against', '1d'])).to.deep.equal(['compare', ['--against', '1d']]);
    expect(await nameAndRest(['--', 'compare'])).to.deep.equal(['', ['--', 'compare']]);
    expect(await nameAndRest(['api.*', 'compare'])).to.deep.equal(['', ['api.*', 'compare']]);
    expect(await nameAndRest([])).to.deep.equal(['', []]);
  });

  async function nameAndRest(args: readonly string[]): Promise<unknown> {
    const { command, rest } = await commandOf(args);
    return [command.name, rest];
  }
});

describe('a command of the program', () => {
  const endMs = Math.floor(Date.now() / 10_000) * 10_000;
  const starts = buckets(endMs - 60_000, 6, 10_000);
  const samples = starts.map((timeMs) => ({
    series: seriesOf('compare', MetricType.Timer),
    timeMs,
    value: 7,
  }));
  const file = sharedDatabase(samples, starts);

  it('is in the help of the program, and has its own', async () => {
    const { stdout } = await run('goodall-report', ['--help']);
    for (const name of commandNames) expect(stdout).to.match(new RegExp(`^ {2}${name} +\\S`, 'm'));
    const own = await run('goodall-report', ['histogram', '--help']);
    expect(own.code).to.equal(0);
    expect(own.stdout).to.match(/^goodall-report histogram pattern \.\.\. \[options\]\n/);
    expect(own.stdout).to.contain('--buckets ').and.to.contain('goodall-report histogram api.latency');
  });

  it('leaves a series of its name within reach', async () => {
    const finished = await run('goodall-report', ['--db', file.path, '--', 'compare']);
    expect(finished).to.include({ code: 0, stderr: '' });
    expect(finished.stdout).to.match(/^compare +6 /m);
  });

  it('runs', async () => {
    const finished = await run('goodall-report', ['histogram', 'compare', '--db', file.path]);
    expect(finished).to.include({ code: 0, stderr: '' });
    expect(finished.stdout).to.match(/^ *7 ms +6 +100 % +100 % +█+$/m);
  });

  for (const [title, args, message] of [
    ['an unknown option', ['compare', '--agianst', '1d'], /did you mean --against\?/],
    ['an option without its value', ['compare', '--against'], /see goodall-report compare --help/],
    ['no series', ['percentiles'], /name the series/],
  ] as const) {
    it(`ends with 64 and one line for ${title}`, async () => {
      const finished = await run('goodall-report', args);
      expect(finished).to.include({ code: 64, stdout: '' });
      expect(finished.stderr)
        .to.match(/^goodall-report: [^\n]+\n$/)
        .and.to.match(message);
    });
  }
});
