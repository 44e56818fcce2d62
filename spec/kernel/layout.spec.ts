import { expect } from 'chai';
import * as layout from '../../lib/kernel/layout.js';

describe('the memory layout of the kernel', () => {
  it('has room for everything, one thing behind the other', () => {
    const regions = [
      [layout.lineStartAt, layout.sealedHalfAt + 4],
      [layout.seedAt, layout.seedAt + 16],
      [layout.masksAt, layout.masksAt + 32],
      [layout.powersAt, layout.powersAt + 8 * layout.powersCount],
      [layout.freeListsAt, layout.freeListsAt + 4 * layout.freeListsCount],
      [layout.typesAt, layout.typesAt + 4 * layout.typesCount],
      [layout.keyOperationAt, layout.keyOperationAt + layout.operationBytes],
      [layout.listsAt, layout.listsAt + layout.listsCount * layout.listBytes],
      [layout.operationsAt, layout.operationsAt + layout.operationsCount * layout.operationBytes],
      [layout.packedAt, layout.packedAt + 8 * layout.packedCount],
      [layout.separatorsAt, layout.separatorsAt + 2 * layout.separatorsCount],
      [layout.memberAt, layout.memberAt + layout.maxDatagramBytes],
      [layout.directoryAt, layout.directoryAt + 4 * layout.directoryBlocks],
      [layout.slotTableAt, Number.POSITIVE_INFINITY],
    ] as const;
    for (const [i, [start, end]] of regions.entries()) {
      expect(start % 16, `alignment of ${start}`).to.be.oneOf([0, 8]);
      expect(regions[i + 1]?.[0] ?? end, `behind ${start}`).to.be.at.least(end);
    }
  });

  it('has a list entry for every line of a block', () => {
    expect(layout.listBytes).to.be.at.least(8 + 4 * layout.operationsCount);
  });

  it('has its 64-bit fields at multiples of eight', () => {
    const { counterSum, counterSamples, gaugeLast, gaugeSamples, gaugeLastAtMs, gaugeSum } = layout;
    const { samplesStart, sketchSamples, sketchPositive, sketchNegative, storeCollapsed } = layout;
    const { recordShape, recordHalves, halfBytes, gaugeHalfBytes, chunkEntries } = layout;
    for (const offset of [
      ...[counterSum, counterSamples, gaugeLast, gaugeSamples, gaugeLastAtMs, gaugeSum],
      ...[samplesStart, sketchSamples, sketchPositive, sketchNegative, storeCollapsed],
      ...[recordShape, recordHalves, halfBytes, gaugeHalfBytes, chunkEntries],
    ]) {
      expect(offset % 8).to.equal(0);
    }
  });
});
