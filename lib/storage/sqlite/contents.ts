import type { Sealed } from './blocks.js';
import type { Owner } from './owner.js';
import type { PointTable } from './point-tables.js';
import { Tiers, type TiersRow, tiersColumnsSql } from './tiers.js';

/** What lies where, as one statement finds it. */
export class Contents {
  private constructor(
    readonly tiers: Tiers,
    private readonly counts: readonly { readonly type: number; readonly count: number }[],
    private readonly blocks: readonly (Sealed & { readonly kind: number; readonly stepMs: number })[],
  ) {}

  static async read(owner: Owner): Promise<Contents> {
    const [found] = await owner.all<TiersRow & { counts: string; blocks: string }>(`SELECT ${tiersColumnsSql},
      (SELECT json_group_array(json_object('type', type, 'count', count))
        FROM (SELECT type, count(*) AS count FROM series_key GROUP BY type)) AS counts,
      (SELECT json_group_array(json_object('kind', kind, 'stepMs', step_ms, 'spanMs', span_ms, 'untilMs', until_ms))
        FROM sealed) AS blocks`);
    return new Contents(Tiers.of(found!), JSON.parse(found!.counts), JSON.parse(found!.blocks));
  }

  /** How many series have their points in a table. */
  seriesIn({ types }: PointTable): number {
    return this.counts.reduce(
      (sum, { type, count }) => sum + (types.some((own) => own === type) ? count : 0),
      0,
    );
  }

  sealed({ kind }: PointTable, stepMs: number): Sealed | undefined {
    return this.blocks.find((blocks) => blocks.kind === kind && blocks.stepMs === stepMs);
  }
}
