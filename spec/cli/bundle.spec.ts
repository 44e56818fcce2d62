import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
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
    symlinkSync(join(root, 'node_modules'), join(here, 'node_modules'));
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

  it('is text of one byte a character, as it is read', () => {
    const bundle = join(dist, 'bundle');
    const files = readdirSync(bundle).filter((name) => name.endsWith('.cjs'));
    expect(files).to.include.members(['report-program.cjs', 'answer.cjs']);
    for (const name of files) expect(readFileSync(join(bundle, name), 'utf8'), name).to.match(/^[\0-\x7f]*$/);
  });

  describe('with the code that V8 made of it', () => {
    before('by the Node that is running', function () {
      const own = `report-program.cjs.${process.versions.v8}-${process.arch}`;
      if (!readdirSync(join(dist, 'bundle')).includes(own)) this.skip();
    });

    /** A script that notes for each file with such code whether V8 refuses it. */
    const witness = `
      const vm = require('node:vm');
      const { Script } = vm;
      const refused = {};
      vm.Script = class extends Script {
        constructor(text, options) {
          super(text, options);
          refused[options.filename.split('/').at(-1)] = this.cachedDataRejected;
        }
      };
      process.on('exit', () => require('node:fs').writeFileSync(process.env.ACCOUNT, JSON.stringify(refused)));`;

    /** What the program prints, and what V8 thinks of the code of each file: undefined where there is none. */
    function run(script: string): { stdout: string; refused: Record<string, boolean> } {
      const preload = folder.file('witness.cjs');
      const account = folder.file('refused.json');
      writeFileSync(preload, witness);
      const { NODE_OPTIONS: _, ...env } = process.env;
      const { stdout } = spawnSync(process.execPath, ['-r', preload, script, 'manual'], {
        encoding: 'utf8',
        env: { ...env, ACCOUNT: account },
      });
      return { stdout, refused: JSON.parse(readFileSync(account, 'utf8')) as Record<string, boolean> };
    }

    /** The files of such code beside a copy of the program. */
    function codeOf(script: string): string[] {
      const bundle = join(script, '..', '..', 'bundle');
      const names = readdirSync(bundle).filter((name) => !name.endsWith('.cjs'));
      expect(names).not.to.deep.equal([]);
      return names.map((name) => join(bundle, name));
    }

    it('need not be compiled again', () => {
      const { refused } = run(installed(undefined));
      expect(refused).to.include({ 'report-program.cjs': false, 'lib.cjs': false, 'answer.cjs': false });
    });

    it('prints the same where there is none', () => {
      const script = installed(undefined);
      const { stdout } = run(script);
      for (const file of codeOf(script)) rmSync(file);
      const bare = run(script);
      expect(bare.refused).not.to.have.property('report-program.cjs');
      expect(bare.stdout).to.equal(stdout).and.to.match(/^\.TH/m);
    });

    it('prints the same where V8 refuses it', () => {
      const script = installed(undefined);
      const { stdout } = run(script);
      for (const file of codeOf(script)) writeFileSync(file, 'what another version of V8 made');
      const refusing = run(script);
      expect(refusing.refused).to.include({ 'report-program.cjs': true, 'answer.cjs': true });
      expect(refusing.stdout).to.equal(stdout).and.to.match(/^\.TH/m);
    });
  });
});
