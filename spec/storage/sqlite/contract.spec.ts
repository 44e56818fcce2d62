import { SqliteReader } from '../../../lib/storage/sqlite/reader.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import { describeStore } from '../../contract/store.js';
import { makeTemporaryDirectory } from '../temporary.js';

describeStore('SqliteStore', async () => {
  const directory = makeTemporaryDirectory();
  const path = directory.file('store.db');
  return {
    open: () => SqliteStore.open(path),
    openReader: () => SqliteReader.open(path),
    remove: async () => directory.remove(),
  };
});
