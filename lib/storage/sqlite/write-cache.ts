import type { Session } from './owner.js';

/** SQLite's own default. */
const usualKib = 2_000;
const wideKib = 65_536;

/**
 * Pages that the connection which writes keeps in memory. Points are appended and need few; but each new series goes to some
 * place in an index of all names, and with few pages in memory 100,000 of them write the index several times over.
 */
export class WriteCache {
  private isWide = false;

  async widen(session: Session): Promise<void> {
    if (this.isWide) return;
    await session.exec(`PRAGMA cache_size = -${wideKib}`);
    this.isWide = true;
  }

  /** Gives the memory back. Outside of a transaction, whose pages cannot be let go of. */
  async narrow(session: Session): Promise<void> {
    if (!this.isWide) return;
    await session.exec(`PRAGMA cache_size = -${usualKib}`);
    this.isWide = false;
  }
}
