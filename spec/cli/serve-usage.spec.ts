import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { environmentName, flagName, optionKeys } from '../../lib/config/options.js';
import { type Finished, run } from '../support/program.js';
import { root } from '../support/source-files.js';
import { temporaryFolder } from '../support/temporary.js';

const goodall = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> =>
  run('goodall', args, { env });

describe('goodall, before it serves', () => {
  const files = temporaryFolder();

  it('prints its help, with every option and variable', async () => {
    const { code, stdout, stderr } = await goodall(['--help']);
    expect([code, stderr]).to.deep.equal([0, '']);
    for (const key of optionKeys) {
      expect(stdout)
        .to.include(`--${flagName(key)} `)
        .and.to.include(`[${environmentName(key)}]`);
    }
    expect(stdout).to.include('--print-config').and.to.include('Examples:');
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(await goodall(['--version'])).to.deep.equal({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('prints its configuration, and warns on the side', async () => {
    const file = files.write('goodall.yaml', 'dialect: dogstatsd\n');
    const args = ['--port', '9', '--port', '0', '--no-probe', file, '--print-config'];
    const { code, stdout, stderr } = await goodall(args, { GOODALL_PRT: '1', GOODALL_DB: 'x.db' });
    expect(code).to.equal(0);
    expect(stdout).to.include('port: 0 # from --port\n').and.to.include('probe: false # from --probe\n');
    expect(stdout).to.include('db: "x.db" # from GOODALL_DB\n');
    expect(stdout).to.include(`dialect: "dogstatsd" # from ${file}, line 1\n`);
    expect(stderr).to.equal(
      'goodall: warning: ignoring the unknown environment variable GOODALL_PRT; did you mean GOODALL_PORT?\n',
    );
  });

  const wrongUsage: Readonly<Record<string, { readonly args: readonly string[]; readonly line: string }>> = {
    'an unknown flag': { args: ['--prot', '1'], line: 'Unknown argument: prot; did you mean --port?' },
    'a flag without its value': {
      args: ['--port'],
      line: 'Not enough arguments following: port; see goodall --help',
    },
    'a negated flag that takes a value': {
      args: ['--no-port'],
      line: '--no-port: only a switch can be negated; --port takes a value',
    },
    'a switch with a value': {
      args: ['--probe=1'],
      line: '--probe=1: a switch takes no value; write --probe or --no-probe',
    },
    'two config files': {
      args: ['a.yaml', '--', 'b.yaml'],
      line: 'a.yaml b.yaml: give one config file at most',
    },
    'an empty file name': {
      args: [''],
      line: 'the name of the config file is empty; give its path or leave it out',
    },
  };
  // Started together: most of the time of a run is Node's own start.
  const runs = new Map<string, Promise<Finished>>();
  before(() => {
    for (const [what, { args }] of Object.entries(wrongUsage)) runs.set(what, goodall(args));
  });
  for (const [what, { line }] of Object.entries(wrongUsage)) {
    it(`refuses ${what} as wrong usage`, async () => {
      expect(await runs.get(what)).to.deep.equal({ code: 64, stdout: '', stderr: `goodall: ${line}\n` });
    });
  }

  it('refuses an invalid value, from wherever it comes', async () => {
    const file = files.write('interval.json', '{"flushInterval": 7000}');
    const { code, stdout, stderr } = await goodall(['--port=-1', file], { GOODALL_HTTP_PORT: '70000' });
    expect([code, stdout]).to.deep.equal([12, '']);
    expect(stderr).to.match(/^goodall: port: -1 \(from --port\) is not a port: [^\n]+\n$/);
    expect(stderr).to.include('; http-port: 70000 (from GOODALL_HTTP_PORT) is not a port: ');
    expect(stderr).to.include(`; flush-interval: 7000 (from ${file}, line 1) is not a flush interval: `);
  });

  it('refuses a config file that is not there', async () => {
    const { code, stderr } = await goodall(['no\nwhere.yaml']);
    expect(code).to.equal(12);
    expect(stderr).to.equal(
      'goodall: cannot read the config file no\\nwhere.yaml: ENOENT: no such file or directory\n',
    );
  });
});
