import { Owner } from '../../lib/storage/sqlite/owner.js';

/** A process that locks a database for writing: `busy-program.js FILE`, from `locked` until its standard input ends. */
const owner = await Owner.open(process.argv[2] ?? '', 'create', 10_000);
await owner.exclusive((session) => session.exec('BEGIN IMMEDIATE'));
console.log('locked');
// The lock lasts as long as somebody holds on to the owner.
process.stdin.resume().on('end', () => {
  owner.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
