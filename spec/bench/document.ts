import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, type as systemName, totalmem } from 'node:os';
import { join } from 'node:path';
import { root } from '../support/source-files.js';

const path = join(root, 'lib/docs/benchmarks.md');
/** What is between the two is written by `make bench`; what is before and behind, by hand. */
const begin = '<!-- Written by `make bench` from here -->';
const end = '<!-- to here. -->';

/** The machine and what ran on it, as a list. */
export function circumstances(command: string): string {
  const git = (...words: string[]) => execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim();
  const packages = JSON.parse(
    execFileSync('npm', ['ls', 'statsd', '--json'], { cwd: root, encoding: 'utf8' }),
  );
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const { v8 } = process.versions;
  const isClean = git('status', '--porcelain', '--untracked-files=no') === '';
  return [
    `- machine: ${cpus().length} × ${cpus()[0]?.model}, ${gibibytes} GiB, ${systemName()} ${release()}`,
    `- Node ${process.version}, V8 ${v8}, statsd ${packages.dependencies.statsd.version} (its console backend)`,
    `- commit ${git('rev-parse', '--short', 'HEAD')} of ${git('log', '-1', '--format=%cs')}${isClean ? '' : ', with changes'}`,
    `- command: \`${command}\``,
  ].join('\n');
}

/** What is written by hand: before the results and behind them. */
export function handwritten(): readonly [before: string, after: string] {
  const text = readFileSync(path, 'utf8');
  const [start, stop] = [text.indexOf(begin), text.indexOf(end)];
  if (start < 0 || stop < start)
    throw new Error(`${path} lacks the marks of what is written: ${begin} ${end}`);
  return [text.slice(0, start), text.slice(stop)];
}

/** Puts the results into the document, in place of the last ones. */
export function publish(results: string): void {
  const [before, after] = handwritten();
  writeFileSync(path, `${before}${begin}\n\n${results}\n\n${after}`);
  execFileSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', path], { cwd: root });
}
