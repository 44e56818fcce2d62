import { systemClock } from '../../../lib/clock.js';
import { HttpServer } from '../../../lib/http/server.js';
import { RemoteReader } from '../../../lib/storage/remote/reader.js';
import { SqliteReader } from '../../../lib/storage/sqlite/reader.js';
import { SqliteStore } from '../../../lib/storage/sqlite/store.js';
import type { Store, StoreReader } from '../../../lib/storage/store.js';
import { describeStore } from '../../contract/store.js';
import { report, silent } from '../../http/fixture.js';
import { makeTemporaryFolder } from '../../support/temporary.js';

/** Reads `own` the way round over an HTTP server. */
async function overHttp(own: StoreReader): Promise<RemoteReader> {
  const server = new HttpServer({
    reader: own,
    clock: systemClock,
    logger: silent,
    health: async () => report,
  });
  const { port } = await server.start(0, '127.0.0.1');
  const reader = await RemoteReader.open(`http://127.0.0.1:${port}`);
  reader.close = async () => {
    await server.close();
    await own.close();
  };
  return reader;
}

/** What is written goes to SQLite, and everything read comes from it over HTTP. */
async function storeOverHttp(path: string): Promise<Store> {
  const store = await SqliteStore.open(path);
  return Object.assign(await overHttp(store), {
    write: store.write.bind(store),
    lastGauges: store.lastGauges.bind(store),
    maintain: store.maintain.bind(store),
    checkWritable: store.checkWritable.bind(store),
  });
}

describeStore('RemoteReader, before a SqliteStore', async () => {
  const directory = makeTemporaryFolder();
  const path = directory.file('store.db');
  return {
    open: () => storeOverHttp(path),
    openReader: async () => overHttp(await SqliteReader.open(path)),
    remove: async () => directory.remove(),
  };
});
