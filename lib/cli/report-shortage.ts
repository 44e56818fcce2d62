import { metricTypeNames } from '../metric.js';
import type { Shortage } from '../query/shortage.js';
import type { MissingTag } from '../query/tag-shortage.js';
import { localWindow } from '../report/local-time.js';
import { plainNumber } from '../report/numbers.js';
import { printable } from '../report/text.js';
import type { StoredSeries, TimeWindow } from '../storage/store.js';

const mostListed = 5;

/** One line for a person: why there is nothing to report from `origin`, and what to ask for instead. */
export function shortageText(
  shortage: Shortage,
  origin: string,
  patterns: readonly string[],
  window: TimeWindow,
  nowMs: number,
): string {
  const asked = patterns.map((pattern) => `"${printable(pattern)}"`).join(', ');
  switch (shortage.reason) {
    case 'empty':
      return `there are no series in ${origin} yet; is a server running that writes to it?`;
    case 'name':
      return `no name in ${origin} matches ${asked}; ${meant(shortage.nearest) ?? 'without a pattern every series is listed'}`;
    case 'selector': {
      const { tag, matching } = shortage;
      const which = `${asked === '' ? 'no series' : `nothing that matches ${asked}`} in ${origin} has`;
      if (tag === undefined) return `${which} such a type and such tags; ${whatThereIs(matching)}`;
      return `${which} the tag ${printable(tag.asked)}; ${meant(tag.nearest) ?? valuesText(tag) ?? whatThereIs(matching)}`;
    }
    case 'window':
      return `${plainNumber(shortage.series)} series in ${origin} ${shortage.series === 1 ? 'matches' : 'match'}, but none has points in ${localWindow(window)}; ${spanOf(shortage.extent, window, nowMs)}`;
  }
}

function meant(nearest: readonly string[]): string | undefined {
  const names = nearest.map(printable);
  if (names.length === 0) return undefined;
  return `did you mean ${names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`}?`;
}

function valuesText({ asked, values }: MissingTag): string | undefined {
  const key = asked.split(':', 1)[0] as string;
  return values.length === 0
    ? undefined
    : `the values of ${printable(key)} are ${listOf(values.map(printable))}`;
}

function whatThereIs(matching: readonly StoredSeries[]): string {
  const types = new Set(matching.map(({ type }) => metricTypeNames[type]));
  const tags = new Set(
    matching.flatMap((series) => series.tags.map(({ key, value }) => printable(`${key}:${value}`))),
  );
  return `what there is: ${[...types].join(', ')}${tags.size === 0 ? ' without tags' : ` with ${listOf([...tags])}`}`;
}

function listOf(texts: readonly string[]): string {
  const more = texts.length - mostListed;
  return texts.slice(0, mostListed).join(', ') + (more > 0 ? ` and ${plainNumber(more)} more` : '');
}

function spanOf(extent: TimeWindow | undefined, window: TimeWindow, nowMs: number): string {
  if (extent === undefined) return 'there are no points at all';
  const older = extent.untilMs <= window.sinceMs;
  return `the points are from ${localWindow(extent)}${older ? `: try --since ${sinceFor(nowMs - extent.sinceMs)}` : ''}`;
}

/** The shortest duration of one unit that reaches so far back. */
function sinceFor(backMs: number): string {
  const [unit, sizeMs] =
    backMs > 2 * 86_400_000 ? ['d', 86_400_000] : backMs > 7_200_000 ? ['h', 3_600_000] : ['m', 60_000];
  return `${Math.ceil(backMs / (sizeMs as number)) || 1}${unit}`;
}
