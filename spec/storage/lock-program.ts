import { GoodallError } from '../../lib/errors.js';
import { DatabaseLock } from '../../lib/storage/sqlite/lock.js';

/**
 * A process that takes the lock of a database: `lock-program.js FILE [WAIT_MS]`. Says `held` and holds it until it is killed or
 * its standard input ends; or the message of an error, and ends with the error's exit code.
 */
const [path = '', waitMs = '0'] = process.argv.slice(2);
try {
  const lock = await DatabaseLock.acquire(path, { waitMs: Number(waitMs) });
  await lock.announce(['udp 127.0.0.1:8125']);
  console.log('held');
  process.stdin.resume().on('end', () => {
    lock.release().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
} catch (error) {
  if (!(error instanceof GoodallError)) throw error;
  console.log(error.message);
  process.exitCode = error.exitCode;
}
