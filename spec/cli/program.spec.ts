import { expect } from 'chai';
import { failureText, refuseSwitchValues, usageError } from '../../lib/cli/program.js';
import { ConfigError, UsageError } from '../../lib/errors.js';
import { type Finished, Program, run } from '../support/program.js';

const program = 'spec/cli/programs/ends-as-told.js';
const ends = (how: string): Promise<Finished> => run(program, [how]);

describe('a program', () => {
  it('exits with the code its main part returns', async () => {
    expect(await ends('well')).to.deep.equal({ code: 0, stdout: '', stderr: '' });
  });

  it('turns a foreseen error into one line and its exit code', async () => {
    expect(await ends('foreseen')).to.deep.equal({
      code: 13,
      stdout: '',
      stderr: 'ends: nothing matches "a\\nb"; ask for something else\n',
    });
  });

  const faults: Readonly<Record<string, RegExp>> = {
    unforeseen: /^ends: internal error: x is not\\na function \(at .*ends-as-told\.js:\d+:\d+\)\n$/,
    beside: /^ends: internal error: nobody catches this \(at .*ends-as-told\.js:\d+:\d+.*\)\n$/,
    rejected: /^ends: internal error: nobody waits for this \(at .*ends-as-told\.js:\d+:\d+.*\)\n$/,
    never: /^ends: internal error: nothing left to wait for, and not finished \(no stack\)\n$/,
  };
  const runs = new Map<string, Promise<Finished>>();
  before(() => {
    for (const how of Object.keys(faults)) runs.set(how, ends(how));
  });
  for (const [how, stderr] of Object.entries(faults)) {
    it(`exits with 70 when it ends by an error of its own: ${how}`, async () => {
      const outcome = await runs.get(how)!;
      expect(outcome.code).to.equal(70);
      expect(outcome.stderr).to.match(stderr);
    });
  }

  it('does not mind when the reader of its output goes away', async () => {
    const talking = new Program(program, ['talking']);
    talking.hangUp();
    const { code, stderr } = await talking.finished;
    expect([code, stderr]).to.deep.equal([0, '']);
  });
});

describe('the line for an error', () => {
  it('is the message of a foreseen one', () => {
    expect(failureText(new ConfigError('port: x is not a port'))).to.equal('port: x is not a port');
  });

  it('stays one line and shows control characters', () => {
    expect(failureText(new ConfigError('a\nb\x1b[1m\x7f'))).to.equal('a\\nb\\x1b[1m\\x7f');
  });

  it('takes anything that can be thrown', () => {
    expect(failureText('text')).to.equal('internal error: text (no stack)');
    expect(failureText(undefined)).to.equal('internal error: undefined (no stack)');
  });
});

describe('the error for wrong usage', () => {
  const flags = ['db', 'since', 'until'];

  it('guesses what an unknown flag means', () => {
    const error = usageError('goodall-report', 'Unknown argument: sinse', flags);
    expect(error).to.be.instanceOf(UsageError);
    expect(error.message).to.equal('Unknown argument: sinse; did you mean --since?');
  });

  it('points to the help when it has no guess', () => {
    const error = usageError('goodall-report', 'Unknown arguments: x, y', flags);
    expect(error.message).to.equal('Unknown arguments: x, y; see goodall-report --help');
  });
});

describe('a switch on the command line', () => {
  const refuse = (...args: string[]): void => refuseSwitchValues(args, ['probe']);

  it('may say true or false', () => {
    expect(() => refuse('--probe=true', '--probe=false', '--probe', '--no-probe')).not.to.throw();
  });

  it('may say nothing else', () => {
    for (const value of ['', '1', 'no', 'True', 'true\n']) {
      expect(() => refuse('--port', `--probe=${value}`), value).to.throw(
        UsageError,
        'a switch takes no value',
      );
    }
  });

  it('is left alone where it is another flag or a file name', () => {
    expect(() => refuse('--port=1', 'probe=1', '--', '--probe=1')).not.to.throw();
  });
});
