import { UsageError } from '../errors.js';
import { inColor, type Paint, plain } from '../report/paint.js';
import type { Terminal } from './report.js';
import type { ReportFlags } from './report-question.js';

/** How a report for people looks, from the flags and from what the terminal takes. */
export interface Look {
  readonly paint: Paint;
  /** Characters of a trend; undefined without one. */
  readonly trendSlots: number | undefined;
}

/** Throws UsageError. */
export function readLook(flags: ReportFlags, { screen, width }: Terminal): Look {
  const colors = whether('--color', flags.color, screen?.colors ?? false);
  const trend = whether('--trend', flags.trend, screen !== undefined);
  return { paint: colors ? inColor : plain, trendSlots: trend ? (width >= 110 ? 20 : 12) : undefined };
}

/** Reads an option of `auto`, `always` or `never`. */
function whether(option: string, value: ReportFlags['color'], auto: boolean): boolean {
  switch (value ?? 'auto') {
    case 'auto':
      return auto;
    case 'always':
      return true;
    case 'never':
      return false;
    default:
      throw new UsageError(`${option}: ${JSON.stringify(value)} is not allowed; give auto, always or never`);
  }
}
