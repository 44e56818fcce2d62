import { expect } from 'chai';
import { systemClock } from '../../lib/clock.js';
import { HttpServer } from '../../lib/http/server.js';
import { readSeriesText, seriesTexts } from '../../lib/storage/remote/wire.js';
import type { SqliteStore } from '../../lib/storage/sqlite/store.js';
import { ask, counter, flush, point, report, silent, temporaryStore } from './fixture.js';

describe('the read interface over HTTP', () => {
  let store: SqliteStore;
  let remove: () => Promise<void>;
  let server: HttpServer;
  let port = 0;

  beforeEach(async () => {
    ({ store, remove } = await temporaryStore());
    server = new HttpServer({
      reader: store,
      clock: systemClock,
      logger: silent,
      health: async () => report,
    });
    ({ port } = await server.start(0, '127.0.0.1'));
  });
  afterEach(async () => {
    await server.close();
    await remove();
  });

  it('gives lines of JSON, one a series and one a point', async () => {
    await store.write(flush(0, [point('a.b', counter(3), 0, [{ key: 'k', value: 'v' }])]));
    const series = await ask(port, '/api/v1/series?pattern=a.*&tag=k:v&type=counter');
    expect(series.headers['content-type']).to.equal('application/x-ndjson');
    const [one] = series.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(one).to.deep.include({ type: 'counter', name: 'a.b', tags: [{ key: 'k', value: 'v' }] });
    const points = await ask(port, `/api/v1/points?series=counter:${one.id}`);
    expect(JSON.parse(points.text)).to.deep.include({ series: one.id, step: 10_000, sum: 3, samples: 1 });
  });

  it('gives no line where there is nothing, and none for HEAD', async () => {
    expect(await ask(port, '/api/v1/extent')).to.deep.include({ status: 200, text: '' });
    await store.write(flush(0, [point('a', counter(3))]));
    expect(await ask(port, '/api/v1/series', 'HEAD')).to.deep.include({ status: 200, text: '' });
  });

  it('says what is wrong with a query', async () => {
    for (const [query, error] of [
      ['points?series=timer', /^series: "timer" is not allowed; give a type and numbers/],
      ['points?series=nothing:1', /^series: /],
      ['points?series=timer:5-1', /^series: /],
      ['points?series=timer:1-99999', /^series: /],
      ['points?series=timer:1&since=yesterday', /^since: "yesterday" is not allowed; give a number/],
      [
        'newest?series=timer:1&limit=100001',
        /^limit: "100001" is not allowed; give a whole number from 1 to 100000/,
      ],
      ['series?type=time', /^type: "time" is not allowed; give counter, gauge/],
    ] as const) {
      const { status, text } = await ask(port, `/api/v1/${query}`);
      expect(status, query).to.equal(400);
      expect(JSON.parse(text).error).to.match(error);
    }
  });

  it('is in the list of routes', async () => {
    const { routes } = JSON.parse((await ask(port, '/')).text) as { routes: { path: string }[] };
    expect(routes.map(({ path }) => path)).to.include.members(['/api/v1/series', '/api/v1/points']);
  });
});

describe('series as the text of a query', () => {
  const timers = (...ids: number[]) => ids.map((id) => ({ id, type: 2 as const }));

  it('has runs of numbers, in as many texts as it takes', () => {
    expect([...seriesTexts(timers(3, 1, 2, 7))]).to.deep.equal(['timer:1-3,7']);
    expect([...seriesTexts([...timers(1), { id: 2, type: 0 }])]).to.deep.equal(['timer:1', 'counter:2']);
    expect([...seriesTexts(timers(1, 3, 5), 10)]).to.deep.equal(['timer:1,3', 'timer:5']);
    expect([...seriesTexts(timers(...Array.from({ length: 10_001 }, (_, i) => i)))]).to.deep.equal([
      'timer:0-9999',
      'timer:10000',
    ]);
    expect([...seriesTexts([])]).to.deep.equal([]);
  });

  it('is read as it was written', () => {
    const ids = Array.from({ length: 5000 }, (_, i) => i * 3 + (i % 7 === 0 ? 1 : 0));
    const found = [...seriesTexts(timers(...ids))].flatMap((text) => readSeriesText(text) ?? []);
    expect(found).to.deep.equal(timers(...ids));
  });
});
