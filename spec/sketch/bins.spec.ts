import { expect } from 'chai';
import fc from 'fast-check';
import { type Bins, DenseBins, SparseBins } from '../../lib/sketch/bins.js';

/** The plain twin. */
class MapBins {
  private readonly weights = new Map<number, number>();

  add(key: number, weight: number): void {
    this.weights.set(key, (this.weights.get(key) ?? 0) + weight);
  }

  drainBelow(key: number): number {
    let drained = 0;
    for (const [own, weight] of this.weights) {
      if (own >= key) continue;
      drained += weight;
      this.weights.delete(own);
    }
    return drained;
  }

  content(): [number, number][] {
    return [...this.weights].sort(([a], [b]) => a - b);
  }
}

function contentOf(bins: Bins): [number, number][] {
  const content: [number, number][] = [];
  for (let slot = 0; slot < bins.slots; slot += 1) {
    if (bins.weightAt(slot) > 0) content.push([bins.keyAt(slot), bins.weightAt(slot)]);
  }
  return content;
}

const someKey = fc.integer({ min: -60, max: 60 });
const someWeight = fc.integer({ min: 1, max: 9 });
const someBins = fc.array(fc.tuple(someKey, someWeight), { minLength: 1, maxLength: 30 });
const someSteps = fc.array(
  fc.oneof(
    fc.record({ op: fc.constant('add' as const), key: someKey, weight: someWeight }),
    fc.record({ op: fc.constant('drain' as const), key: someKey }),
    fc.record({ op: fc.constant('merge' as const), bins: someBins, dense: fc.boolean(), from: fc.nat(3) }),
  ),
  { maxLength: 30 },
);

function binsOf(pairs: readonly (readonly [number, number])[], dense: boolean): Bins {
  const bins = dense ? new DenseBins(pairs[0]![0], pairs[0]![0], 121) : new SparseBins();
  for (const [key, weight] of pairs) bins.add(key, weight);
  return bins;
}

describe('SparseBins and DenseBins', () => {
  it('hold what a Map would, whatever is added, merged and drained', () => {
    fc.assert(
      fc.property(someSteps, someKey, (steps, firstKey) => {
        const plain = new MapBins();
        const both: readonly Bins[] = [new SparseBins(), new DenseBins(firstKey, firstKey, 121)];
        for (const step of steps) {
          if (step.op === 'add') {
            plain.add(step.key, step.weight);
            for (const bins of both) bins.add(step.key, step.weight);
          } else if (step.op === 'drain') {
            const drained = plain.drainBelow(step.key);
            for (const bins of both) expect(bins.drainBelow(step.key)).to.equal(drained);
          } else {
            const other = binsOf(step.bins, step.dense);
            const from = Math.min(step.from, other.slots - 1);
            for (let slot = from; slot < other.slots; slot += 1) {
              if (other.weightAt(slot) > 0) plain.add(other.keyAt(slot), other.weightAt(slot));
            }
            for (const bins of both) bins.addFrom(other, from);
          }
          for (const bins of both) {
            expect(contentOf(bins)).to.deep.equal(plain.content());
            expect(bins.slots).to.be.at.least(0);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
