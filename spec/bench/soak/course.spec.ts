import { expect } from 'chai';
import { courseOf, type Reading } from './course.js';

const course = (memory: (i: number) => number, file: (i: number) => number) =>
  courseOf(
    Array.from(
      { length: 30 },
      (_, i): Reading => ({
        after: `${i} d`,
        residentBytes: memory(i),
        fileBytes: file(i),
      }),
    ),
  );

describe('the course of a soak', () => {
  it('is flat when what fills up is full after a third', () => {
    const full = (i: number) => 1000 * Math.min(i + 1, 10);
    expect(course(full, full)).to.deep.equal({ text: 'memory +0.0 %, file +0.0 %', isFlat: true });
  });

  it('is not flat when memory or file goes on growing', () => {
    expect(
      course(
        (i) => 1000 + 100 * i,
        () => 1000,
      ),
    ).to.deep.include({ isFlat: false });
    expect(
      course(
        () => 1000,
        (i) => 1000 + 100 * i,
      ),
    ).to.deep.include({ isFlat: false });
  });

  it('does not mind a peak', () => {
    expect(
      course(
        (i) => (i === 25 ? 9000 : 1000),
        () => 1000,
      ).isFlat,
    ).to.equal(true);
  });
});
