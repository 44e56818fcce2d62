import { runProgram } from '../../../lib/cli/program.js';
import { NothingToReportError } from '../../../lib/errors.js';

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

// A program that ends in the way its first argument names.
await runProgram('ends', async (io) => {
  switch (io.args[0]) {
    case 'well':
      return 0;
    case 'foreseen':
      throw new NothingToReportError('nothing matches "a\nb"; ask for something else');
    case 'unforeseen':
      throw new TypeError('x is not\na function');
    case 'beside':
      setImmediate(() => {
        throw new RangeError('nobody catches this');
      });
      return new Promise(() => {});
    case 'rejected':
      void Promise.reject(new Error('nobody waits for this'));
      return new Promise(() => {});
    case 'never':
      return new Promise(() => {});
    default:
      for (let line = 0; line < 2000; line++) {
        io.out(`${'x'.repeat(1000)}\n`);
        await pause();
      }
      return 0;
  }
});
