import type { CheckRecord, EventRecord } from '../metric.js';
import { AtomicGrammar } from './atomic-grammar.js';
import { carriageReturn, startsWith } from './bytes.js';
import { CheckReader } from './check.js';
import type { Dialect } from './dialect.js';
import { EventReader } from './event.js';
import { ParsedLine } from './parsed-line.js';
import { Reject } from './reject.js';
import { StatsdGrammar } from './statsd-grammar.js';

/** What became of a line. */
export const Outcome = { Blank: 0, Metric: 1, Event: 2, Check: 3, Rejected: 4 } as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

export interface LineParserOptions {
  readonly dialect: Dialect;
  /** Whether names get statsd's sanitising; without effect on `dogstatsd`. */
  readonly sanitizeNames: boolean;
}

/**
 * The plain parser of one dialect: the reference that a faster one must equal. It reads ranges,
 * copies and allocates for rare spellings only, and never throws at what it reads.
 */
export class LineParser {
  /** The metric line; valid after `Outcome.Metric`. */
  readonly line = new ParsedLine();
  /** Why the last line, or the first bad bit of it, was rejected; meaningless while `rejectedBits` is 0. */
  reject: Reject = Reject.NoValue;
  /** Bad bits of the last line: any number in `statsd`, which may come with good ones; elsewhere 0 or 1. */
  rejectedBits = 0;

  private readonly grammar: AtomicGrammar | StatsdGrammar;
  private readonly isStatsd: boolean;
  private readonly events = new EventReader();
  private readonly checks = new CheckReader();

  constructor({ dialect, sanitizeNames }: LineParserOptions) {
    this.isStatsd = dialect === 'statsd';
    this.grammar = this.isStatsd
      ? new StatsdGrammar()
      : new AtomicGrammar({ statsdFeatures: dialect === 'goodall', sanitizeNames });
  }

  /** Reads one line, `[start, end)` of the slab, without its line feed. */
  parse(slab: Uint8Array, start: number, end: number): Outcome {
    const { grammar, line, isStatsd } = this;
    this.rejectedBits = 0;
    line.reset(slab);
    const lineEnd = !isStatsd && end > start && slab[end - 1] === carriageReturn ? end - 1 : end;
    if (start >= lineEnd) return Outcome.Blank;
    if (!isStatsd && slab[start] === 0x5f) {
      if (startsWith(slab, start, lineEnd, eventPrefix)) return this.parseEvent(slab, start, lineEnd);
      if (startsWith(slab, start, lineEnd, checkPrefix)) return this.parseCheck(slab, start, lineEnd);
    }
    grammar.read(line, start, lineEnd);
    this.reject = grammar.reject;
    this.rejectedBits = grammar.rejectedBits;
    return line.sampleCount > 0 ? Outcome.Metric : Outcome.Rejected;
  }

  /**
   * The event; after `Outcome.Event`, while its slab is as it was. Without a time of its own it is of `nowMs`.
   */
  event(nowMs: number): EventRecord {
    return this.events.read(nowMs);
  }

  /** The service check; after `Outcome.Check`, as `event`. */
  check(nowMs: number): CheckRecord {
    return this.checks.read(nowMs);
  }

  private parseEvent(slab: Uint8Array, start: number, end: number): Outcome {
    return this.events.accept(slab, start, end) ? Outcome.Event : this.refuse(Reject.BadEvent);
  }

  private parseCheck(slab: Uint8Array, start: number, end: number): Outcome {
    return this.checks.accept(slab, start, end) ? Outcome.Check : this.refuse(Reject.BadCheck);
  }

  private refuse(reason: Reject): Outcome {
    this.reject = reason;
    this.rejectedBits = 1;
    return Outcome.Rejected;
  }
}

const eventPrefix = new TextEncoder().encode('_e{');
const checkPrefix = new TextEncoder().encode('_sc|');
