import { expect } from 'chai';
import { columnGap, placeColumns } from '../../lib/report/layout.js';
import type { TextColumn } from '../../lib/report/sections.js';

function column(name: string, width: number, weight = Number.POSITIVE_INFINITY): TextColumn {
  const numeric = weight !== Number.POSITIVE_INFINITY;
  return {
    name,
    heading: 'H',
    align: numeric ? 'right' : 'left',
    cut: 'end',
    weight,
    cells: ['x'.repeat(width)],
  };
}

const columns = [
  column('name', 30),
  column('tags', 40),
  column('count', 6, 90),
  column('min', 8, 30),
  column('p50', 8, 70),
  column('p99', 8, 80),
];

function placedAt(width: number): string[] {
  return placeColumns(columns, width).map((place) => `${place.column.name} ${place.width}`);
}

describe('placeColumns', () => {
  it('gives every column its natural width where there is room', () => {
    const natural = ['name 30', 'tags 40', 'count 6', 'min 8', 'p50 8', 'p99 8'];
    expect(placedAt(Number.POSITIVE_INFINITY)).to.deep.equal(natural);
    expect(placedAt(110)).to.deep.equal(natural);
  });

  it('shortens names and tags before it leaves out a number', () => {
    expect(placedAt(90)).to.deep.equal(['name 30', 'tags 20', 'count 6', 'min 8', 'p50 8', 'p99 8']);
  });

  it('leaves out the least important numbers first', () => {
    expect(placedAt(72)).to.deep.equal(['name 27', 'tags 15', 'count 6', 'p50 8', 'p99 8']);
    expect(placedAt(50)).to.deep.equal(['name 19', 'tags 11', 'count 6', 'p99 8']);
  });

  it('never exceeds the width while the narrowest form fits', () => {
    for (let width = 34; width <= 130; width++) {
      const placed = placeColumns(columns, width);
      const total = placed.reduce((sum, place) => sum + place.width, columnGap * (placed.length - 1));
      expect(total, String(width)).to.be.at.most(width);
    }
  });

  it('keeps what must stay', () => {
    const sorted: TextColumn = { ...column('min', 8), align: 'right' };
    const kept = placeColumns([column('name', 30), sorted, column('max', 8, 99)], 20);
    expect(kept.map((place) => place.column.name)).to.deep.equal(['name', 'min']);
  });

  it('keeps one number, cut if need be', () => {
    const long = [column('name', 30), column('tags', 40), column('count', 6, 20), column('last', 25, 90)];
    const placed = placeColumns(long, 40).map((place) => `${place.column.name} ${place.width}`);
    expect(placed).to.deep.equal(['name 10', 'tags 8', 'last 18']);
  });

  it('does not let one long name cost the others their tags', () => {
    const cells = (own: string, long: string) => [...Array.from({ length: 9 }, () => own), long];
    const name = { ...column('name', 1), cells: cells('api.latency', 'n'.repeat(300)) };
    const tags = { ...column('tags', 1), cells: cells('env:prod host:web-1 route:home', 'short') };
    const widths = (width: number) => placeColumns([name, tags], width).map((place) => place.width);
    expect(widths(100)).to.deep.equal([68, 30]);
    expect(widths(60)).to.deep.equal([28, 30]);
    // Where a row of each has to be cut in any case, the name has what nobody else gains by.
    expect(widths(40)).to.deep.equal([30, 8]);
  });
});
