import { expect } from 'chai';
import { exactShape, type Shape } from '../../lib/query/shape.js';
import { percentileVerdicts, type Verdict } from '../../lib/query/verdict.js';
import { Movement, Wandering } from '../../lib/query/wandering.js';
import { randomNumbers } from '../cli/report/paper.js';

const bucketMs = 10_000;
const count = 360;

/** Of normal distribution, to a good approximation. */
function noiseOf(seed: number): () => number {
  const random = randomNumbers(seed);
  return () => Array.from({ length: 12 }, random).reduce((sum, x) => sum + x) - 6;
}

const list = (value: (i: number) => number, length = count): number[] =>
  Array.from({ length }, (_, i) => value(i));

function wanderingOf(...series: readonly (readonly number[])[]): Wandering {
  const wandering = new Wandering();
  for (const values of series) {
    const movement = new Movement();
    for (const [i, value] of values.entries()) movement.add(1_764_000_000_000 + i * bucketMs, value);
    wandering.add(movement);
  }
  return wandering;
}

const shapeOf = (values: readonly number[]): Shape =>
  exactShape(Float64Array.from(values), wanderingOf(values).independentShare);

function verdict(before: readonly number[], after: readonly number[]): Verdict {
  return percentileVerdicts(shapeOf(before), shapeOf(after), [{ label: '50', percent: 50 }])[0];
}

describe('the wandering of a gauge', () => {
  const noise = noiseOf(5);

  it('is none where values are constant, independent, or too few to tell', () => {
    expect(wanderingOf(list(() => 5e10)).independentShare).to.equal(1);
    expect(wanderingOf([1, 2]).independentShare).to.equal(1);
    expect(wanderingOf().independentShare).to.equal(1);
    expect(wanderingOf(list(() => 100 + noise())).independentShare).to.be.within(0.8, 1);
  });

  it('is that of the autocorrelation and of the line of least squares', () => {
    const values = list((i) => 7 + Math.sin(i) + (i % 5), 40);
    const mean = values.reduce((sum, x) => sum + x) / 40;
    const away = values.map((x) => x - mean);
    const correlation =
      away.slice(1).reduce((sum, x, i) => sum + x * (away[i] ?? 0), 0) /
      away.reduce((sum, x) => sum + x * x, 0);
    expect(wanderingOf(values).independentShare).to.be.closeTo((1 - correlation) / (1 + correlation), 1e-9);
    // Up, down, up, down along a line: neighbours hardly agree, but the line explains most.
    const zigzag = list((i) => i + (i % 2 === 0 ? 15 : -15), 40);
    const middle = 19.5;
    const mean2 = zigzag.reduce((sum, x) => sum + x) / 40;
    const spread = zigzag.reduce((sum, x) => sum + (x - mean2) ** 2, 0);
    const along = zigzag.reduce((sum, x, i) => sum + (i - middle) * (x - mean2), 0) ** 2;
    const explained = along / list((i) => (i - middle) ** 2, 40).reduce((sum, x) => sum + x) / spread;
    const adjusted = 1 - ((1 - explained) * 39) / 38 - (2.5758293 * Math.SQRT2) / 40;
    expect(wanderingOf(zigzag).independentShare).to.be.closeTo(1 / 40 / adjusted, 1e-9);
  });

  it('leaves what climbs the worth of hardly more than one value, however large it is', () => {
    expect(count * wanderingOf(list((i) => i)).independentShare).to.be.closeTo(1, 0.02);
    expect(count * wanderingOf(list((i) => 5e12 + i)).independentShare).to.be.closeTo(1, 0.02);
  });

  it('is that within each series, not between their levels', () => {
    const hosts = [0, 100, 200].map((level) => list(() => level + noise(), 120));
    expect(wanderingOf(...hosts).independentShare).to.be.within(0.7, 1);
    const climbing = [0, 100, 200].map((level) => list((i) => level + i, 120));
    expect(count * wanderingOf(...climbing).independentShare).to.be.below(2);
  });
});

describe('the verdict on a gauge', () => {
  const noise = noiseOf(7);

  it('is that it drifts where it climbs all the time, with noise or without, or begins again', () => {
    const uptime = (from: number) => list((i) => from + 10 * i);
    expect(verdict(uptime(0), uptime(86_400))).to.equal('drift');
    expect(verdict(uptime(86_400), uptime(0))).to.equal('drift');
    const disk = (from: number) => list((i) => from + i + 100 * noise());
    expect(verdict(disk(0), disk(8_640))).to.equal('drift');
  });

  it('is that it drifts where it wanders about', () => {
    let level = 0;
    const walk = list(() => {
      level += noise();
      return level;
    }, 24 * count);
    expect(verdict(walk.slice(0, count), walk.slice(-count))).to.equal('drift');
  });

  it('is of both ends, though they have too few values of their own', () => {
    const [before, after] = [shapeOf(list((i) => i)), shapeOf(list((i) => i + 8_640))];
    const percentiles = [
      { label: '50', percent: 50 },
      { label: '99', percent: 99 },
    ];
    expect(percentileVerdicts(before, after, percentiles)).to.deep.equal(['drift', 'drift']);
  });

  it('is clear where the level shifts, or where what was steady begins to climb', () => {
    expect(
      verdict(
        list(noise),
        list(() => 1 + noise()),
      ),
    ).to.equal('higher');
    expect(
      verdict(
        list(() => 8),
        list(() => 4),
      ),
    ).to.equal('lower');
    expect(
      verdict(
        list(() => 100 + noise()),
        list((i) => 110 + i),
      ),
    ).to.equal('higher');
    expect(verdict(list(noise), list(noise))).to.equal('unclear');
  });
});
