import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import type { ColumnPoints } from '../../lib/aggregate/column-points.js';
import type { CondensingOptions } from '../../lib/aggregate/condensing.js';
import { type FlushPoint, pointAt } from '../../lib/aggregate/flush-points.js';
import { MergedColumns } from '../../lib/aggregate/merged-columns.js';
import { packPartial } from '../../lib/aggregate/packed.js';
import { mergePartial, type Partial } from '../../lib/aggregate/partial.js';
import { KernelIngestor } from '../../lib/ingest/kernel-ingestor.js';
import { Lender } from '../../lib/ingest/lending.js';
import { KernelNumbering } from '../../lib/kernel/keys.js';
import { SealedReader } from '../../lib/kernel/sealed.js';
import { ReceiveSlots } from '../../lib/kernel/slots.js';
import { CommonNumbering } from '../../lib/series/common-numbering.js';

const noon = Date.UTC(2026, 0, 1, 12);
const intervalMs = 10_000;
const slotBytes = 1432;

/** A kernel that lends what it has sealed. */
class Rig {
  readonly ingestor: KernelIngestor;
  readonly lender: Lender;
  givenBack = 0;
  private readonly slots: ReceiveSlots;
  private readonly numbering: KernelNumbering;
  private nowMs = noon;

  constructor(
    maxMemoryBytes = 2 ** 24,
    private readonly sketch: CondensingOptions = {},
  ) {
    const options = { dialect: 'goodall', sanitizeNames: true, maxSeries: 10_000, gauges: [] } as const;
    const receiveBytes = ReceiveSlots.regionBytes(1, slotBytes);
    const memory = { slots: 1, receiveBytes, maxMemoryBytes };
    this.ingestor = new KernelIngestor({ ...options, ...memory, intervalMs, sketch }, noon, () => '');
    this.slots = new ReceiveSlots(this.ingestor.kernel, slotBytes);
    this.numbering = new KernelNumbering(this.ingestor.kernel.memory);
    this.lender = new Lender(this.numbering, () => {
      this.givenBack += 1;
      while (this.ingestor.release());
    });
  }

  take(text: string): void {
    const bytes = Buffer.from(text);
    this.slots.put(0, bytes);
    this.ingestor.ingest(1, bytes.length, this.nowMs);
  }

  /** Ends the interval. */
  lend(): ColumnPoints {
    this.nowMs += intervalMs;
    const [harvest] = this.ingestor.collect(this.nowMs);
    const { startMs, content, late } = harvest!.sealed;
    this.numbering.learn(this.ingestor.table.takeNew());
    const reader = new SealedReader(this.ingestor.kernel.memory, this.sketch);
    return this.lender.lend({ startMs, ...content, late }, reader);
  }
}

const everything =
  'c:1|c|#a:b\nc:2|c|@0.5|#a:b\ng:5|g\ng:-2|g\nt:3:1:2|ms\nd:-4:0:7|d|@0.25\ns:x|s\ns:y|s\n' +
  `late:7|c|T${noon / 1000 - 60}\nlate:1:2|ms|T${noon / 1000 - 60}`;

function many(rig: Rig, count: number): void {
  for (let i = 0; i < count; i += 1) rig.take(`t.${i}:${i}:${i + 1}|ms\nc.${i}:${i}|c\nu.${i}:m${i}|s`);
}

/** Points as plain objects that can be compared. */
function plain(points: Iterable<FlushPoint>) {
  const kept = (partial: Partial) => packPartial(partial);
  return Array.from(points, ({ series, timeMs, partial }) => ({ series, timeMs, partial: kept(partial) }));
}

describe('what is lent of a sealed interval', () => {
  it('is the same after it was taken back', async () => {
    const rig = new Rig();
    rig.take(everything);
    many(rig, 1500);
    const points = rig.lend();
    const before = plain(points);
    expect(before).to.have.length(4507);
    await rig.lender.takeBack();
    expect(rig.givenBack).to.equal(1);
    rig.take('c:77|c|#a:b\nt:9|ms');
    many(rig, 1500);
    expect(rig.lend().length).to.equal(4502);
    expect(plain(points)).to.deep.equal(before);
    expect(points.at(3)).to.deep.equal(pointAt(points.columns, 3));
    expect([points.at(-1), points.at(4507)]).to.deep.equal([undefined, undefined]);
  });

  it('lies where it was collected until it is given back, and cannot be read any more then', () => {
    const rig = new Rig();
    rig.take(everything);
    const points = rig.lend();
    expect(rig.givenBack).to.equal(0);
    points.release();
    points.release();
    expect(rig.givenBack).to.equal(1);
    expect(() => points.at(0)).to.throw('the points of this flush were given back');
    rig.take('c:1|c|#a:b');
    expect(rig.lend().length).to.equal(1);
  });

  it('may be given back late: what is lent meanwhile stays where it is', async () => {
    const rig = new Rig();
    rig.take('c:1|c');
    const first = rig.lend();
    await rig.lender.takeBack();
    rig.take('c:2|c');
    const second = rig.lend();
    const before = plain(second);
    first.release();
    expect(rig.givenBack).to.equal(1);
    expect(plain(second)).to.deep.equal(before);
    await rig.lender.takeBack();
    expect(rig.givenBack).to.equal(2);
    rig.take('c:4|c');
    expect(plain(rig.lend())).to.have.length(1);
    expect(plain(second)).to.deep.equal(before);
  });

  it('keeps samples and members themselves, where they are asked for', async () => {
    const rig = new Rig(undefined, { keepsSamples: true, keepsMembers: true });
    rig.take(everything);
    const points = rig.lend();
    const before = plain(points);
    const kept = before.map(({ partial }) => partial as { raw?: unknown; kept?: unknown });
    expect(kept.filter(({ raw }) => raw !== undefined)).to.have.length(3);
    expect(kept.filter(({ kept }) => kept !== undefined)).to.have.length(1);
    await rig.lender.takeBack();
    for (const { partial } of points) mergePartial(partial, partial);
    expect(plain(points)).to.deep.equal(before);
  });

  it('may be given back while it is being copied', async () => {
    const rig = new Rig();
    many(rig, 3000);
    const points = rig.lend();
    const taken = rig.lender.takeBack();
    points.release();
    await taken;
    expect(rig.givenBack).to.equal(1);
  });

  it('is whole when a part of it had no room in the kernel', async () => {
    const rig = new Rig(2 ** 19);
    const sums = new Map<string, number>();
    for (let i = 0; i < 12_000; i += 1) {
      rig.take(`t.${i % 3000}:${i}|ms`);
      sums.set(`t.${i % 3000}`, (sums.get(`t.${i % 3000}`) ?? 0) + i);
    }
    const points = rig.lend();
    expect(rig.givenBack, 'both parts are in one place').to.equal(1);
    const found = Array.from(points, ({ series, partial }) => [
      series.name,
      (partial as { sum: number }).sum,
    ]);
    expect(found).to.have.length(3000);
    expect(new Map(found as [string, number][])).to.deep.equal(sums);
  });

  it('merges with what other threads lend, bucket by bucket', async () => {
    const rigs = [new Rig(), new Rig(), new Rig()];
    for (const [i, rig] of rigs.entries()) rig.take(`${everything}\nonly.${i}:1|c`);
    const lent = rigs.map((rig) => rig.lend());
    const merged = await MergedColumns.of(new CommonNumbering(), lent, nextTurn);
    const alone = new Rig();
    for (const [i] of rigs.entries()) alone.take(`${everything}\nonly.${i}:1|c`);
    const expected = alone.lend();
    const byName = (points: ReturnType<typeof plain>) =>
      points
        // Their own gauges each: a change in one thread does not go on from the value in another.
        .filter(({ series }) => series.name !== 'g')
        .map((point) => [JSON.stringify([point.series, point.timeMs]), point.partial] as const);
    const found = Array.from({ length: merged.length }, (_, i) => pointAt(merged, i));
    expect(new Map(byName(plain(found)))).to.deep.equal(new Map(byName(plain(expected))));
    await rigs[0]!.lender.takeBack();
    rigs[0]!.take('c:1000|c|#a:b');
    const again = Array.from({ length: merged.length }, (_, i) => pointAt(merged, i));
    expect(plain(again)).to.deep.equal(plain(found));
  });
});
