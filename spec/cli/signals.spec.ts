import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { root } from '../support/source-files.js';

/** Starts the program and gives it with its lines, once it is ready. */
async function started() {
  const program = join(root, 'dist/spec/cli/programs/stops-when-told.js');
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  expect((await lines.next()).value).to.equal('ready');
  return {
    child,
    next: async (): Promise<unknown> => (await lines.next()).value,
    ended: once(child, 'exit'),
  };
}

describe('a program asked to stop', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`stops in good order at ${signal}`, async () => {
      const { child, next, ended } = await started();
      child.kill(signal);
      expect(await next()).to.equal('stopping');
      child.stdin.write('go on');
      expect(await next()).to.equal('stopped');
      expect(await ended).to.deep.equal([0, null]);
    });
  }

  for (const [signal, exitCode] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    it(`ends at once with ${exitCode} when ${signal} comes while it stops`, async () => {
      const { child, next, ended } = await started();
      child.kill('SIGTERM');
      expect(await next()).to.equal('stopping');
      child.kill(signal);
      expect(await ended).to.deep.equal([exitCode, null]);
    });
  }
});
