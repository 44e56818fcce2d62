import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { programVersion } from '../../lib/cli/program.js';
import { root } from '../support/source-files.js';
import { temporaryFolder } from '../support/temporary.js';

const dist = join(root, 'dist');

describe('the bundle of goodall-report', () => {
  const folder = temporaryFolder();

  /** Runs a script of Node; what it prints, and the files under dist that it ran, from the engine's own account. */
  function runAndList(script: string, ...args: readonly string[]): { stdout: string; files: string[] } {
    const account = mkdtempSync(folder.file('account-'));
    const { stdout } = spawnSync(process.execPath, [script, ...args], {
      encoding: 'utf8',
      env: { ...process.env, NODE_V8_COVERAGE: account },
    });
    const files = readdirSync(account).flatMap((name) => {
      const { result } = JSON.parse(readFileSync(join(account, name), 'utf8')) as {
        result: { url: string }[];
      };
      return result.map(({ url }) => url.split('/dist/', 2)[1]).filter((file) => file !== undefined);
    });
    return { stdout, files: files.filter((file) => /^(?:bin|bundle|lib)\//.test(file)).sort() };
  }

  /** Bin and bundle by themselves, with the modules of dist beside them. */
  function installed(compiledAt: Date | undefined): string {
    const here = mkdtempSync(folder.file('installed-'));
    mkdirSync(join(here, 'dist'));
    writeFileSync(join(here, 'package.json'), '{ "type": "module" }');
    for (const name of ['bin', 'bundle'])
      cpSync(join(dist, name), join(here, 'dist', name), { recursive: true, preserveTimestamps: true });
    symlinkSync(join(dist, 'lib'), join(here, 'dist', 'lib'));
    if (compiledAt !== undefined) {
      const notes = join(here, 'dist', '.tsbuildinfo');
      writeFileSync(notes, '');
      utimesSync(notes, compiledAt, compiledAt);
    }
    return join(here, 'dist', 'bin', 'goodall-report.js');
  }

  before('was built', function () {
    const builtMs =
      statSync(join(dist, 'bundle', 'report-program.cjs'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    // Whoever compiles by hand has no bundle, or an older one.
    if (builtMs < statSync(join(dist, '.tsbuildinfo')).mtimeMs) this.skip();
  });

  it('is all that the program loads', () => {
    const { stdout, files } = runAndList(join(dist, 'bin', 'goodall-report.js'), '--version');
    expect(stdout).to.equal(`${programVersion()}\n`);
    expect(files).to.include.members(['bin/goodall-report.js', 'bundle/report-program.cjs']);
    expect(files.filter((file) => file.startsWith('lib/'))).to.deep.equal([]);
  });

  it('reads little for help', () => {
    const { stdout, files } = runAndList(join(dist, 'bin', 'goodall-report.js'), '--help');
    expect(stdout).to.match(/^goodall-report /);
    const bytes = files.map((file) => statSync(join(dist, file)).size).reduce((sum, size) => sum + size, 0);
    expect(bytes).to.be.below(60_000);
  });

  it('is run where no compiler was since', () => {
    const { files } = runAndList(installed(undefined), '--version');
    expect(files.filter((file) => file.startsWith('lib/'))).to.deep.equal([]);
  });

  it('gives way to modules that were compiled after it', () => {
    const { files } = runAndList(installed(new Date()), 'series', '--help');
    expect(files).to.include('lib/cli/report-program.js');
    const before = runAndList(installed(new Date(0)), 'series', '--help');
    expect(before.files.filter((file) => file.startsWith('lib/'))).to.deep.equal([]);
  });
});
