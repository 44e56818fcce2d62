import { runProgram } from '../../../lib/cli/program.js';
import { askedToStop } from '../../../lib/cli/signals.js';

// A program that is busy until it is asked to stop, and then needs a word on its standard input to finish.
await runProgram('stops', async (io) => {
  const busy = setInterval(() => {}, 60_000);
  const stop = askedToStop();
  io.out('ready\n');
  await stop;
  io.out('stopping\n');
  await new Promise((resolve) => process.stdin.once('data', resolve));
  process.stdin.destroy();
  clearInterval(busy);
  io.out('stopped\n');
  return 0;
});
