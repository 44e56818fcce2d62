import type { Unit } from '../units.js';

/** What the page is told, as JSON. Texts become text nodes only. */
export interface PageContent {
  readonly title: string;
  /** Lines of facts above the table. */
  readonly facts: readonly string[];
  readonly cautions: readonly string[];
  /** IANA name of the zone that times are shown in. */
  readonly timeZone: string;
  /** As asked for. */
  readonly percentiles: readonly string[];
  /** What the marks in the table mean. */
  readonly footnotes: readonly string[];
  readonly rows: readonly PageRow[];
  readonly charts: readonly PageChart[];
}

export interface PageRow {
  readonly name: string;
  readonly type: string;
  readonly tags: string;
  readonly unit: Unit;
  /** By column: `count`, `rate`, `p99` … */
  readonly numbers: Readonly<Record<string, number>>;
  /** What stands behind a number, by column: that few samples are beyond it, or how old it is. */
  readonly marks: Readonly<Record<string, string>>;
  /** Index of its chart, if it has one. */
  readonly chart?: number;
}

export interface PageChart {
  readonly title: string;
  readonly subtitle: string;
  /** Of the values of its lines. */
  readonly unit: Unit;
  /** Whether its values are per second. */
  readonly perSecond: boolean;
  /** Starts of the steps, Unix seconds. */
  readonly times: readonly number[];
  readonly stepSeconds: number;
  /** From the lowest to the highest; null where a step has no points. */
  readonly lines: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
  /** Whether the space between neighbouring lines is filled. */
  readonly banded: boolean;
  readonly heat?: HeatMap;
}

/** How the samples of each step lie between `edges`. */
export interface HeatMap {
  /** Ascending; cell i lies between edge i and edge i + 1. */
  readonly edges: readonly number[];
  /** By step, then by cell: weights in per mille of the fullest cell of the map. */
  readonly cells: readonly (readonly number[])[];
}
