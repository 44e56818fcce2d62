import { UsageError } from '../errors.js';
import { parseStep } from '../query/parse-step.js';
import { defaultPercentiles, type Percentile, parsePercentiles } from '../query/percentile.js';
import { parseGroupBy, parseSelector } from '../query/selector.js';
import { parseSort, type SortColumn } from '../query/sort.js';
import type { Steps } from '../query/steps.js';
import { parseWindow } from '../query/time.js';
import type { SeriesSelector, TimeWindow } from '../storage/store.js';
import { type ReportFormat, reportFormats } from './report-formats.js';
import { readSources, type Sources } from './report-sources.js';

/** A flag as typed; one that is given twice comes as a list. */
type Text = string | readonly string[] | undefined;

/** The command line of `goodall-report` as typed: texts, which `readQuestion` reads. */
export interface ReportFlags {
  readonly patterns?: readonly string[] | undefined;
  readonly db?: Text;
  readonly url?: Text;
  readonly since?: Text;
  readonly until?: Text;
  readonly step?: Text;
  readonly type?: Text;
  readonly tag?: Text;
  readonly 'group-by'?: Text;
  readonly percentiles?: Text;
  readonly sort?: Text;
  readonly limit?: Text;
  readonly format?: Text;
  readonly raw?: boolean | undefined;
  readonly by?: Text;
  readonly all?: boolean | undefined;
  readonly trend?: Text;
  readonly color?: Text;
  readonly 'time-zone'?: Text;
  readonly watch?: Text;
}

/** What the command line asks, validated. */
export interface ReportQuestion {
  readonly sources: Sources;
  readonly selector: SeriesSelector;
  readonly window: TimeWindow;
  readonly step: string | undefined;
  readonly steps: Steps | undefined;
  readonly groupBy: readonly string[] | undefined;
  readonly percentiles: readonly Percentile[];
  readonly sort: SortColumn | undefined;
  readonly limit: number;
  readonly format: ReportFormat;
  readonly raw: boolean;
  /** Whether the question is the general one, "what is there": nothing is selected, divided or ordered. */
  readonly general: boolean;
}

/** Reads the flags. Throws UsageError, whose message names the flag, its value, and what is allowed. */
export function readQuestion(flags: ReportFlags, nowMs: number): ReportQuestion {
  const once = (name: keyof ReportFlags): string | undefined => {
    const value = flags[name];
    if (Array.isArray(value)) throw new UsageError(`--${name} is given more than once`);
    return value as string | undefined;
  };
  const step = once('step');
  const groupBy = groupByOf(flags);
  const percentiles = parsePercentiles(
    flags.percentiles === undefined ? defaultPercentiles : list(flags.percentiles).join(','),
  );
  const format = parseFormat(once('format'));
  if (format === 'prometheus' && step !== undefined) {
    throw new UsageError('--format prometheus has one value a series; leave out --step');
  }
  const sort = once('sort');
  const limit = once('limit');
  return {
    sources: readSources(flags.db, flags.url),
    selector: parseSelector({
      patterns: flags.patterns ?? [],
      types: list(flags.type),
      tags: list(flags.tag),
    }),
    window: parseWindow(once('since'), once('until'), nowMs),
    step,
    steps: step === undefined ? undefined : parseStep(step),
    groupBy,
    percentiles,
    sort: sort === undefined ? undefined : parseSort(sort, percentiles),
    limit: parseLimit(limit),
    format,
    raw: flags.raw ?? false,
    general: isGeneral(flags),
  };
}

function isGeneral(flags: ReportFlags): boolean {
  const narrowing = [flags.type, flags.tag, flags.step, flags.sort, flags.limit];
  return (flags.patterns ?? []).length === 0 && !flags.all && narrowing.every((flag) => flag === undefined);
}

function groupByOf(flags: ReportFlags): readonly string[] | undefined {
  const keys = flags['group-by'] ?? flags.by;
  if (keys === undefined) return undefined;
  if (flags['group-by'] !== undefined && flags.by !== undefined) {
    throw new UsageError('--by is short for --group-by; give one of them');
  }
  return parseGroupBy(list(keys).join(','));
}

function list(value: Text): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function parseLimit(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1) {
    throw new UsageError(`--limit: ${JSON.stringify(text)} is not allowed; give a whole number from 1 on`);
  }
  return limit;
}

function parseFormat(text: string | undefined): ReportFormat {
  const format = reportFormats.find((known) => known === (text ?? 'table'));
  if (format === undefined) {
    throw new UsageError(
      `--format: there is no format ${JSON.stringify(text)}; the formats are ${reportFormats.join(', ')}`,
    );
  }
  return format;
}
