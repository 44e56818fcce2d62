import { SqliteReader } from '../../../lib/storage/sqlite/reader.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { describeStore } from '../../contract/store.js';
import { makeTemporaryFolder } from '../../support/temporary.js';

describeStore('SqliteStore', async () => {
  const directory = makeTemporaryFolder();
  const path = directory.file('store.db');
  return {
    open: () => SqliteStore.open(path),
    openReader: () => SqliteReader.open(path),
    remove: async () => directory.remove(),
  };
});
