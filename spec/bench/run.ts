import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, release, type as systemName, totalmem } from 'node:os';
import { join } from 'node:path';
import { root, sourceFiles } from '../support/source-files.js';

/**
 * Runs the comparison and then every micro-benchmark, and writes lib/docs/benchmarks.md:
 *
 *     make bench                                 the whole, a quarter of an hour
 *     make bench BENCH="--runs 1 --seconds 3"    a first impression, not written down
 *
 * Others of the storage take longer and are run by hand: spec/bench/storage.
 */
const args = process.argv.slice(2);
const micro = sourceFiles('spec/bench')
  .filter((file) => /^spec\/bench\/((protocol|series|sketch|kernel)\/[^.]+|storage\/month)\.ts$/.test(file))
  .filter((file) => !file.endsWith('/measure.ts'));

async function output(file: string, programArgs: readonly string[]): Promise<string> {
  const program = join(root, 'dist', file.replace(/\.ts$/, '.js'));
  const child = spawn(process.execPath, [program, ...programArgs], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const chunk of child.stdout) {
    process.stdout.write(chunk);
    text += chunk;
  }
  if (child.exitCode !== 0 && child.exitCode !== null)
    throw new Error(`${file} ended with ${child.exitCode}`);
  return text.trim();
}

const git = (...words: string[]) => execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim();
const [cpu] = cpus();
const lines = [
  '# Benchmarks',
  '',
  'Written by `make bench`. Ratios within one run are what to read: a single time on a shared machine says little.',
  '',
  `- machine: ${cpus().length} × ${cpu?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${systemName()} ${release()}`,
  `- Node ${process.version}, V8 ${process.versions.v8}, statsd ${JSON.parse(execFileSync('npm', ['ls', 'statsd', '--json'], { cwd: root, encoding: 'utf8' })).dependencies.statsd.version}`,
  `- commit ${git('rev-parse', '--short', 'HEAD')} of ${git('log', '-1', '--format=%cs')}`,
  `- command: \`make bench${args.length > 0 ? ` BENCH="${args.join(' ')}"` : ''}\``,
  '',
  '## The whole server',
  '',
  await output('spec/bench/server/compare.ts', args),
  '',
];
if (args.length === 0) {
  lines.push('## Parts', '');
  for (const file of micro) {
    console.log(`\n${file}`);
    lines.push(`### ${file.replace('spec/bench/', '')}`, '', '```text', await output(file, []), '```', '');
  }
  writeFileSync(join(root, 'lib/docs/benchmarks.md'), lines.join('\n'));
}
