import type { Flush, Refusal } from '../flush/flush.js';
import type { SeriesHealth } from '../http/health.js';
import type { Logger } from '../log.js';
import { printable } from '../report/text.js';
import { refusalText, worstRefusals } from '../series/refusals.js';

/** Names that are remembered: as many lines the log has of them at the most. */
const mostNames = 1000;
const mostShown = 10;

/**
 * Says in the log which names were refused series of their own, once for each, and keeps the worst for
 * `/healthz`.
 */
export class RefusalWatch {
  private readonly logged = new Set<string>();
  private known: readonly Refusal[] = [];
  private live = 0;
  private refused = 0;

  constructor(private readonly logger: Logger) {}

  take(flushes: readonly Flush[]): void {
    for (const { ingest, refusals = [] } of flushes) {
      this.live = ingest.seriesLive;
      this.refused += ingest.seriesRefused;
      for (const refusal of refusals) this.log(refusal);
      if (refusals.length === 0) continue;
      this.known = worstRefusals([...this.known, ...refusals]).slice(0, mostNames);
    }
  }

  get health(): SeriesHealth {
    const worst = this.known.slice(0, mostShown);
    return { live: this.live, refused: this.refused, refusals: worst };
  }

  private log(refusal: Refusal): void {
    const id = `${refusal.limit} ${refusal.name}`;
    if (this.logged.size >= mostNames || this.logged.has(id)) return;
    this.logged.add(id);
    this.logger.warn(
      `series refused: ${printable(refusalText(refusal))}; samples of what is refused go to series with the tag overflow:true`,
    );
    if (this.logged.size < mostNames) return;
    this.logger.warn(
      `series refused: ${mostNames} names have been, further ones are not logged; goodall-report top --refused lists them`,
    );
  }
}
