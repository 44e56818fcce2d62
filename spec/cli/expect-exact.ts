import { expect } from 'chai';
import type { ExactRow } from './exact.js';

/** What both sides are asked for. */
export const percents = [0, 50, 90, 99, 100];

/** What `--format json` says of a report, as far as an exact computation can say it. */
export interface JsonReport {
  readonly loss: unknown;
  readonly rows: readonly (Omit<ExactRow, 'percentiles'> & {
    readonly percentiles?: Readonly<Record<string, number>>;
  })[];
}

/** Row by row: all that is exact to the bit or to rounding, percentiles within what they promise. */
export function expectEqual(actual: JsonReport, expected: readonly ExactRow[]): void {
  const keyOf = (row: { name: string; type: string; tags: object; time?: string }): string =>
    JSON.stringify([row.name, row.type, Object.entries(row.tags).sort(), row.time]);
  const byKey = new Map(actual.rows.map((row) => [keyOf(row), row]));
  expect([...byKey.keys()].sort()).to.deep.equal(expected.map(keyOf).sort());
  for (const row of expected) {
    const got = byKey.get(keyOf(row));
    const where = keyOf(row);
    for (const column of ['count', 'sum', 'min', 'max', 'last'] as const) {
      expect(got?.[column], `${where} ${column}`).to.equal(row[column]);
    }
    for (const column of ['rate', 'mean'] as const)
      expectClose(got?.[column], row[column], 1e-12, `${where} ${column}`);
    const accuracy = row.type === 'timer' || row.type === 'distribution' ? 0.01 : 1e-12;
    for (const [i, percent] of percents.entries()) {
      const expectedValue = row.percentiles?.[i];
      expectClose(got?.percentiles?.[percent], expectedValue, accuracy, `${where} p${percent}`);
    }
  }
}

function expectClose(
  actual: number | undefined,
  expected: number | undefined,
  accuracy: number,
  where: string,
): void {
  if (expected === undefined) expect(actual, where).to.equal(undefined);
  else expect(actual, where).to.be.closeTo(expected, Math.abs(expected) * accuracy);
}
