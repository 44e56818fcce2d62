import { expect } from 'chai';
import { MetricType } from '../../lib/metric.js';
import { type LineSink, walkDatagram } from '../../lib/protocol/datagram.js';
import { type Dialect, dialects } from '../../lib/protocol/dialect.js';
import { readIdentity } from '../../lib/protocol/identity.js';
import { LineParser } from '../../lib/protocol/line.js';
import type { ParsedLine } from '../../lib/protocol/parsed-line.js';
import { MutatedDatagrams } from '../support/mutated-datagrams.js';
import { allTableLines } from '../support/protocol-rows.js';

// GOODALL_FUZZ_DATAGRAMS=20000000 makes a long run, GOODALL_FUZZ_SEED repeats a failed one.
const datagramCount = Number(process.env.GOODALL_FUZZ_DATAGRAMS ?? 1_000_000);
const seed = Number(process.env.GOODALL_FUZZ_SEED ?? Date.now() % 2 ** 32);

/** The identity of one line in so many is read: that costs far more than parsing. */
const identityEvery = 64;

/** Counts outcomes and looks at everything that a line holds. Throws plainly: an assertion library is slow here. */
class ScepticalSink implements LineSink {
  readonly options: { readonly dialect: Dialect; readonly sanitizeNames: boolean };
  readonly parser: LineParser;
  lines = 0;
  linesWalked = 0;
  readonly outcomes = { metric: 0, event: 0, check: 0, rejected: 0 };

  constructor(dialect: Dialect) {
    this.options = { dialect, sanitizeNames: true };
    this.parser = new LineParser(this.options);
  }

  metric(line: ParsedLine): void {
    this.outcomes.metric++;
    if (line.sampleCount === 0) throw new Error('a metric without a sample');
    if (line.nameEnd < line.nameStart || line.tagsEnd < line.tagsStart)
      throw new Error('a range turned round');
    for (let i = 0; i < line.sampleCount; i++) inspectSample(line, i);
    if (this.outcomes.metric % identityEvery !== 0) return;
    const { name } = readIdentity(line, this.options);
    if (name === '' && this.options.dialect !== 'statsd') throw new Error('an empty name');
  }

  event(): void {
    this.outcomes.event++;
  }

  check(): void {
    this.outcomes.check++;
  }

  rejected(): void {
    // A line of statsd's may be good and bad at once; then it is a metric.
    if (this.parser.line.sampleCount === 0) this.outcomes.rejected++;
  }
}

function inspectSample(line: ParsedLine, i: number): void {
  const type = line.types[i]!;
  const weight = line.weights[i]!;
  if (!Number.isFinite(line.values[i]! * weight) || !(weight > 0)) throw new Error('a value without bounds');
  if (type < MetricType.Counter || type > MetricType.Set) throw new Error('a type that is none');
  const memberBytes = line.memberEnds[i]! - line.memberStarts[i]!;
  if (type === MetricType.Set ? !(memberBytes > 0) : memberBytes !== 0)
    throw new Error('a member that is none');
  if (line.memberEnds[i]! > line.slab.length) throw new Error('a member outside the slab');
}

/** Counts the lines in a way of its own. */
function countLines(slab: Uint8Array, start: number, end: number, dialect: Dialect): number {
  let lines = 0;
  let lineStart = start;
  for (let i = start; i <= end; i++) {
    if (i < end && slab[i] !== 0x0a) continue;
    const length = i - lineStart;
    const blank = length === 0 || (dialect !== 'statsd' && length === 1 && slab[lineStart] === 0x0d);
    if (!blank) lines++;
    lineStart = i + 1;
  }
  return lines;
}

describe('the parser under fire', () => {
  it(`survives ${datagramCount} damaged datagrams in every dialect and accounts for every line`, function () {
    this.timeout(0);
    const datagrams = new MutatedDatagrams(seed, allTableLines());
    const sinks = dialects.map((dialect) => new ScepticalSink(dialect));
    let done = 0;
    try {
      for (; done < datagramCount; done++) {
        datagrams.next();
        const { slab, start, end } = datagrams;
        for (const sink of sinks) {
          sink.lines += countLines(slab, start, end, sink.options.dialect);
          sink.linesWalked += walkDatagram(sink.parser, slab, start, end, 0, sink);
        }
      }
    } catch (error) {
      throw new Error(`seed ${seed}, datagram ${done}`, { cause: error });
    }
    for (const { lines, linesWalked, outcomes, options } of sinks) {
      const sum = outcomes.metric + outcomes.event + outcomes.check + outcomes.rejected;
      expect([linesWalked, sum], `seed ${seed}`).to.deep.equal([lines, lines]);
      expect(outcomes.metric, 'enough good lines to mean something').to.be.above(lines / 10);
      expect(outcomes.event > 0, 'events').to.equal(options.dialect !== 'statsd');
    }
  });
});
