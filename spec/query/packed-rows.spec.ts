import { expect } from 'chai';
import { rowDocument } from '../../lib/query/contract.js';
import { packRows, type StepNumbers } from '../../lib/query/packed-rows.js';
import { parsePercentiles } from '../../lib/query/percentile.js';
import type { Row, RowNumbers } from '../../lib/query/row.js';
import { trustOf } from '../../lib/query/trust.js';

const percentiles = parsePercentiles('50,99.9');
const face = { name: 'api', type: 'timer', tags: [{ key: 'env', value: 'prod' }] } as const;

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
    flaw: timeMs === 60_000 ? { datagramsDropped: 3, missingMs: 0 } : undefined,
  });

  it('are the rows they were made of', () => {
    const steps = [step(0, 40), step(60_000, 30_000)];
    const rows = packRows(face, steps, percentiles);
    expect(rows.map((row) => rowDocument(row, percentiles))).to.deep.equal(
      steps.map(({ timeMs, numbers, flaw }) =>
        rowDocument({ ...face, timeMs, ...numbers, ...(flaw && { flaw }) }, percentiles),
      ),
    );
    expect(rows.map(({ trust }) => trust?.uncertain)).to.deep.equal([
      [false, true],
      [false, false],
    ]);
  });

  it('have no more than their type has', () => {
    const gauge: RowNumbers = { count: 2, min: 1, mean: 2, max: 3, last: 3, lastAtMs: 59_000 };
    const [row] = packRows({ ...face, type: 'gauge' }, [{ timeMs: 0, numbers: gauge, flaw: undefined }], []);
    const { rate, sum, flaw, trust, ...others } = figuresOf(row);
    expect([rate, sum, flaw, trust, row?.percentiles]).to.deep.equal(Array(5).fill(undefined));
    expect(others).to.deep.equal({ timeMs: 0, ...gauge });
  });

  it('are none where there are no steps', () => {
    expect(packRows(face, [], percentiles)).to.deep.equal([]);
  });
});
