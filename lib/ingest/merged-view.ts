import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Aggregator } from '../aggregate/aggregator.js';
import { type DeletableKind, type LiveView, matchingNames, statsdName } from '../aggregate/live-view.js';
import type { LiveKind, Look } from '../aggregate/look.js';
import type { SeriesKey } from '../metric.js';
import type { KeyList } from '../series/numbering.js';
import type { SeriesRef, SeriesTable } from '../series/table.js';

/** One place where samples are collected, on this thread or another. */
export interface LiveSource {
  look(kind: LiveKind): Promise<Look>;
  /** Drops what the open interval holds of these series, and the value of gauges. */
  forget(refs: readonly SeriesRef[]): Promise<void>;
  keyOf(ref: SeriesRef): SeriesKey;
  /**
   * Keeps series from leaving memory, so that refs stay what they are, until the function that is returned is
   * called.
   */
  hold(): () => void;
}

/** Series named in one turn of the event loop: a few milliseconds' work. */
const seriesPerTurn = 5000;

/**
 * The live view of all sources together. Counters add up; so do sets, where a member that several sources have
 * heard counts for each of them. The values of a timer are those of one source behind those of another. Of a
 * gauge the value set last is shown.
 */
export class MergedView implements LiveView {
  private readonly sources: readonly LiveSource[];

  constructor(sources: readonly LiveSource[]) {
    this.sources = sources;
  }

  counters(): Promise<ReadonlyMap<string, number>> {
    return this.sums('counters');
  }

  sets(): Promise<ReadonlyMap<string, number>> {
    return this.sums('sets');
  }

  timers(): Promise<ReadonlyMap<string, Float64Array>> {
    return this.byName<Float64Array>('timers', (before, values) =>
      before === undefined ? values : Float64Array.of(...before, ...values),
    );
  }

  async gauges(): Promise<ReadonlyMap<string, number>> {
    const settings = await this.byName<Float64Array>('gauges', (before, values) =>
      before !== undefined && before[1]! > values[1]! ? before : values,
    );
    return new Map(Array.from(settings, ([name, values]) => [name, values[0]!]));
  }

  delete(kind: DeletableKind, patterns: readonly string[]): Promise<readonly (readonly string[])[]> {
    return this.held(() => this.deleteHeld(kind, patterns));
  }

  private async deleteHeld(
    kind: DeletableKind,
    patterns: readonly string[],
  ): Promise<readonly (readonly string[])[]> {
    const known = await this.byName<Place[]>(kind, (before = [], _, place) => {
      before.push(place);
      return before;
    });
    const doomed = this.sources.map((): SeriesRef[] => []);
    const deleted = patterns.map((pattern) => {
      const names = matchingNames(known, pattern);
      for (const name of names) {
        for (const { source, ref } of known.get(name)!) doomed[source]!.push(ref);
        known.delete(name);
      }
      return names;
    });
    await Promise.all(this.sources.map((source, i) => source.forget(doomed[i]!)));
    return deleted;
  }

  private sums(kind: LiveKind): Promise<ReadonlyMap<string, number>> {
    return this.byName<number>(kind, (before, values) =>
      before === undefined ? values[0]! : before + values[0]!,
    );
  }

  private async held<T>(look: () => Promise<T>): Promise<T> {
    const holds = this.sources.map((source) => source.hold());
    try {
      return await look();
    } finally {
      for (const letGo of holds) letGo();
    }
  }

  private byName<V>(kind: LiveKind, merge: Merge<V>): Promise<Map<string, V>> {
    return this.held(() => this.byNameHeld(kind, merge));
  }

  /**
   * One name stands for several series when sources share them, or when they differ in more than statsd sees.
   */
  private async byNameHeld<V>(kind: LiveKind, merge: Merge<V>): Promise<Map<string, V>> {
    const looks = await Promise.all(this.sources.map((source) => source.look(kind)));
    const named = new Map<string, V>();
    for (const [source, { refs, ends, values }] of looks.entries()) {
      let start = 0;
      for (const [i, ref] of refs.entries()) {
        const name = statsdName(this.sources[source]!.keyOf(ref));
        named.set(name, merge(named.get(name), values.subarray(start, ends[i]), { source, ref }));
        start = ends[i]!;
        if (i % seriesPerTurn === seriesPerTurn - 1) await nextTurn();
      }
    }
    return named;
  }
}

interface Place {
  /** Number of the source. */
  readonly source: number;
  readonly ref: SeriesRef;
}

type Merge<V> = (before: V | undefined, values: Float64Array, place: Place) => V;

/**
 * What is collected on this thread.
 *
 * @param keys learns those of the series that the table gives away
 * @param hold of the source
 */
export function localSource<Content>(
  aggregator: Pick<Aggregator<Content>, 'look' | 'forget'>,
  table: SeriesTable,
  keys: Pick<KeyList, 'learn' | 'keyOf'>,
  hold: LiveSource['hold'],
): LiveSource {
  return {
    look: async (kind) => {
      keys.learn(table.takeNew());
      return aggregator.look(kind);
    },
    forget: async (refs) => aggregator.forget(refs),
    keyOf: (ref) => keys.keyOf(ref),
    hold,
  };
}
