import { expect } from 'chai';
import { rowDocument } from '../../lib/query/contract.js';
import { RowPack, type StepNumbers } from '../../lib/query/packed-rows.js';
import { parsePercentiles } from '../../lib/query/percentile.js';
import type { Row, RowNumbers } from '../../lib/query/row.js';
import { trustOf } from '../../lib/query/trust.js';

const percentiles = parsePercentiles('50,99.9');
const flaw = { datagramsDropped: 3, missingMs: 0 };
const face = { name: 'api', type: 'timer', tags: [{ key: 'env', value: 'prod' }] } as const;
const flawAt = (timeMs: number) => (timeMs === 60_000 ? flaw : undefined);

function figuresOf(row: Row | undefined): Partial<Row> {
  const { timeMs, count, rate, sum, min, mean, max, last, lastAtMs, flaw, trust } = row as Row;
  return { timeMs, count, rate, sum, min, mean, max, last, lastAtMs, flaw, trust } as Partial<Row>;
}

describe('packed rows', () => {
  const step = (timeMs: number, count: number): StepNumbers => ({
    timeMs,
    numbers: {
      ...{ count, rate: count / 60, sum: count * 7, min: -0, mean: 7, max: 1e300 },
      percentiles: [6.5, count],
      trust: trustOf(count, percentiles, count / 4),
    },
  });

  it('are the rows they were made of', () => {
    const steps = [step(0, 40), step(60_000, 30_000)];
    const rows = [...RowPack.of({ ...face, flawAt }, steps, percentiles)];
    expect(rows.map((row) => rowDocument(row, percentiles))).to.deep.equal(
      steps.map(({ timeMs, numbers }) =>
        rowDocument({ ...face, timeMs, ...numbers, ...(timeMs > 0 && { flaw }) }, percentiles),
      ),
    );
    expect(rows.map(({ trust }) => trust?.uncertain)).to.deep.equal([
      [false, true],
      [false, false],
    ]);
  });

  it('have no more than their type has', () => {
    const gauge: RowNumbers = { count: 2, min: 1, mean: 2, max: 3, last: 3, lastAtMs: 59_000 };
    const gauges = RowPack.of({ ...face, type: 'gauge', flawAt }, [{ timeMs: 0, numbers: gauge }], []);
    const [row] = gauges;
    const { rate, sum, flaw: none, trust, ...others } = figuresOf(row);
    expect([rate, sum, none, trust, row?.percentiles]).to.deep.equal(Array(5).fill(undefined));
    expect(others).to.deep.equal({ timeMs: 0, ...gauge });
  });

  it('are none where there are no steps', () => {
    expect([...RowPack.of({ ...face, flawAt }, [], percentiles)]).to.deep.equal([]);
  });
});
