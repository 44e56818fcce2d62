import type { Store, StoreReader } from '../../lib/storage/store.js';
import { storeReadsPoints } from './store-points.js';
import { storeReadsRecords } from './store-records.js';
import { storeSelectsSeries } from './store-series.js';
import { storeWrites } from './store-writes.js';

/** A place that a Store under test writes to, and that outlives it. */
export interface StorePlace {
  /** Opens the store of a server on this place. */
  open(): Promise<Store>;
  /** Opens the read side, as a report does. */
  openReader(): Promise<StoreReader>;
  /** Leaves nothing behind. Everything opened has been closed. */
  remove(): Promise<void>;
}

/** The store under test: opened before each spec, closed after it. */
export interface StoreUnderTest {
  readonly place: StorePlace;
  store: Store;
}

/**
 * What every Store must do, whatever engine stands behind it.
 *
 * @param name the engine
 * @param makePlace makes a place that holds nothing yet
 */
export function describeStore(name: string, makePlace: () => Promise<StorePlace>): void {
  describe(`${name}, as a Store`, () => {
    let current: StoreUnderTest | undefined;

    beforeEach(async () => {
      const place = await makePlace();
      current = { place, store: await place.open() };
    });

    afterEach(async () => {
      await current?.store.close();
      await current?.place.remove();
      current = undefined;
    });

    const underTest = (): StoreUnderTest => current!;
    storeWrites(underTest);
    storeSelectsSeries(underTest);
    storeReadsPoints(underTest);
    storeReadsRecords(underTest);
  });
}
