import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { ConsoleBackend } from '../../lib/backends/console.js';
import { asPlain, sampleFlush } from './sample-flush.js';

/** Runs statsd's own backend on a flush that comes over standard input. */
const program = `
  const { EventEmitter } = require('node:events');
  const { readFileSync } = require('node:fs');
  const { Set: Members } = require('statsd/lib/set.js');
  const { config, timestamp, metrics } = JSON.parse(readFileSync(0, 'utf8'));
  for (const [name, values] of Object.entries(metrics.sets)) {
    metrics.sets[name] = new Members();
    for (const value of values) metrics.sets[name].insert(value);
  }
  const events = new EventEmitter();
  require('statsd/backends/console.js').init(0, config, events);
  events.emit('flush', timestamp, metrics);
`;

function printedByStatsd(isPretty: boolean): string {
  const input = JSON.stringify({ config: { console: { prettyprint: isPretty } }, ...asPlain(sampleFlush()) });
  const cwd = createRequire(import.meta.url)
    .resolve('statsd/package.json')
    .replace(/statsd.package.json$/, '..');
  return spawnSync(process.execPath, ['-e', program], { input, cwd, encoding: 'utf8' }).stdout;
}

describe('the console backend', () => {
  for (const isPretty of [false, true]) {
    it(`prints what statsd prints, ${isPretty ? 'prettily' : 'plainly'}`, async () => {
      const output = new PassThrough({ encoding: 'utf8' });
      await new ConsoleBackend({ output, isPretty, startupTime: 0 }).flush(sampleFlush());
      const printed = output.read() as string;
      expect(printed).to.include('Flushing stats at ');
      expect(printed).to.equal(printedByStatsd(isPretty));
    });
  }

  it("has statsd's lines for the management console", async () => {
    const backend = new ConsoleBackend({ output: new PassThrough(), isPretty: false, startupTime: 77 });
    const names = async () =>
      (await backend.status()).map(({ group, name, value }) => `${group}.${name}: ${value}`);
    expect(await names()).to.deep.equal(['console.lastFlush: 77', 'console.lastException: 77']);
    await backend.flush(sampleFlush(1234));
    expect(await names()).to.deep.equal(['console.lastFlush: 1234', 'console.lastException: 77']);
  });
});
