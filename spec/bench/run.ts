import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root, sourceFiles } from '../support/source-files.js';
import { circumstances, handwritten, publish } from './document.js';
import { Printout } from './printout.js';
import { heldRates } from './server/held-rates.js';
import { idle } from './server/idle.js';
import { memory } from './server/memory.js';
import { highRate, shapes } from './server/shapes.js';

/**
 * Runs the benchmarks and writes lib/docs/benchmarks.md. Run by hand are those of the proxy, of a take-over,
 * of a flush and of the size of a day (spec/bench/proxy, server, storage), and the soaks (spec/bench/soak).
 *
 *     make bench                                         the whole, twenty minutes
 *     make bench BENCH="shapes memory"                   some parts, not written down
 *     make bench BENCH=reports                           the memory of reports, an hour, in no other part
 *     make bench BENCH="--runs 1 --seconds 1"            a first impression, not written down
 *     make bench BENCH="--runs 5 --write"                medians of five, written down
 *
 * A part that fails says so in its place, and in the exit code; the others run.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '10' },
    write: { type: 'boolean', default: false },
  },
});
const turns = { runs: Number(values.runs), seconds: Number(values.seconds) };
const idleSeconds = 40;

interface Part {
  readonly title: string;
  readonly run: (out: Printout) => Promise<void>;
  /** Only where it is named: it takes an hour and ten gigabytes. */
  readonly named?: true;
}

const parts: Readonly<Record<string, Part>> = {
  shapes: { title: 'Shapes of load', run: (out) => shapes(out, turns) },
  rates: {
    title: 'High rates',
    run: async (out) => {
      await highRate(out, turns);
      await heldRates(out, turns);
    },
  },
  memory: { title: 'Memory for a live series with a 30-byte name, bytes', run: memory },
  idle: { title: 'An idle server with its probe', run: (out) => idle(out, idleSeconds) },
  micro: { title: 'Parts of it alone', run: micro },
  month: {
    title: 'A month of 1,000 series',
    run: (out) => printOutputOf('spec/bench/storage/month.ts', out),
  },
  reports: {
    title: 'Memory of reports on a month of 10,000 series',
    run: (out) => printOutputOf('spec/bench/report/memory.ts', out),
    named: true,
  },
};

async function micro(out: Printout): Promise<void> {
  const files = sourceFiles('spec/bench')
    .filter((file) => /^spec\/bench\/(protocol|series|sketch|kernel)\/[^.]+\.ts$/.test(file))
    .filter((file) => !file.endsWith('/measure.ts'));
  for (const file of files) {
    await out.section(`### ${file.replace('spec/bench/', '')}`, () => printOutputOf(file, out));
  }
}

async function printOutputOf(file: string, out: Printout): Promise<void> {
  const program = join(root, 'dist', file.replace(/\.ts$/, '.js'));
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  const [code] = await closed;
  out.print(`\`\`\`text\n${text.trim()}\n\`\`\``);
  if (code !== 0) throw new Error(`${file} ended with ${code}`);
}

const unnamed = Object.keys(parts).filter((name) => !parts[name]?.named);
const wanted = positionals.length > 0 ? positionals : unnamed;
const unknown = wanted.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  throw new Error(`no part is named ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`);
}
const given = process.argv.slice(2);
const isPublished = given.length === 0 || values.write;
// Now, not in twenty minutes.
if (isPublished) handwritten();
const out = new Printout();
const command = `make bench${given.length > 0 ? ` BENCH="${given.join(' ')}"` : ''}`;
out.print(circumstances(command));
out.print(
  `- ${turns.runs === 1 ? 'one run' : `medians of ${turns.runs} runs`} of ${turns.seconds} s, which is the flush interval too: each has a flush in it`,
);
const began = performance.now();
for (const name of wanted) await out.section(`## ${parts[name]!.title}`, () => parts[name]!.run(out));
console.log(`\n${((performance.now() - began) / 60_000).toFixed(1)} minutes`);
if (out.hasFailed) {
  console.error('Some of it failed: nothing is written down.');
  process.exitCode = 1;
} else if (isPublished) publish(out.text);
