import { GoodallError } from '../../lib/errors.js';
import { SqliteReader } from '../../lib/storage/sqlite/reader.js';
import { SqliteStore } from '../../lib/storage/sqlite/store.js';
import { always, readAll } from '../contract/flushes.js';

/**
 * A program that opens a database as its user may: `open-program.js read|write FILE`. Prints the number of points, or
 * the message of an error, and ends with the error's exit code.
 */
const [mode, path = ''] = process.argv.slice(2);
try {
  const opened = mode === 'write' ? await SqliteStore.open(path) : await SqliteReader.open(path);
  console.log((await readAll(opened, ['*'], always)).length);
  await opened.close();
} catch (error) {
  if (!(error instanceof GoodallError)) throw error;
  console.log(error.message);
  process.exitCode = error.exitCode;
}
