import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { HttpServer } from '../../lib/http/server.js';
import type { SqliteStore } from '../../lib/storage/sqlite/store.js';
import { FakeClock } from '../support/fake-clock.js';
import {
  ask,
  counter,
  flush,
  gauge,
  intervalMs,
  point,
  report,
  set,
  silent,
  startMs,
  temporaryStore,
  timer,
} from './fixture.js';

const at = (bucket: number) => new Date(startMs + bucket * intervalMs).toISOString();

interface Body {
  Timestamp: string;
  Metrics: { Name: string; Value: number; Timestamp: string; Type: string; Tags: Record<string, unknown> }[];
}

describe('the points that HTTP gives', () => {
  let store: SqliteStore;
  let remove: () => Promise<void>;
  let server: HttpServer;
  let port: number;
  const clock = new FakeClock(startMs + 60_000);

  before(async () => {
    ({ store, remove } = await temporaryStore());
    const web = { key: 'host', value: 'web' };
    await store.write(
      flush(0, [
        point('requests', counter(7)),
        point('temperature', gauge(-5), 0, [web]),
        point('latency', timer(10, 20, 60)),
        point('users', set('a', 'b', 'c', 'b')),
        point('__proto__', counter(1)),
        point('constructor', counter(2)),
        point('a/b/../c', counter(3)),
        point('//host/path', counter(4)),
        point('wild*[card]?', counter(5)),
        point('wildXcardX', counter(6)),
        point('twins', counter(8), 0, [
          { key: 'zone', value: 'x' },
          { key: 'zone', value: 'y' },
          { key: '__proto__', value: 'z' },
        ]),
      ]),
    );
    for (let bucket = 1; bucket <= 14; bucket++) {
      const points = [point('steps', counter(bucket), bucket), point('pairs', gauge(bucket), bucket)];
      await store.write(flush(bucket, [...points, point('pairs', gauge(-bucket), bucket, [web])]));
    }
  });
  after(() => remove());

  beforeEach(async () => {
    server = new HttpServer({ reader: store, health: async () => report, clock, logger: silent });
    ({ port } = await server.start(0, '127.0.0.1'));
  });
  afterEach(() => server.close());

  const bodyOf = async (path: string): Promise<Body> => JSON.parse((await ask(port, path)).text);
  const valuesOf = async (path: string): Promise<number[]> =>
    (await bodyOf(path)).Metrics.map(({ Value }) => Value);

  it('gives a metric’s points in the ancestor’s form, with type and tags', async () => {
    expect(await bodyOf('/temperature')).to.deep.equal({
      Timestamp: '2026-01-01T00:01:00.000Z',
      Metrics: [{ Name: 'temperature', Value: -5, Timestamp: at(0), Type: 'gauge', Tags: { host: 'web' } }],
    });
  });

  it('gives the sum of a counter, the last of a gauge, the mean of a timer, the size of a set', async () => {
    const values = await Promise.all(['/requests', '/temperature', '/latency', '/users'].map(valuesOf));
    expect(values).to.deep.equal([[7], [-5], [30], [3]]);
  });

  it('gives a key with several values as a list, and any key as an ordinary one', async () => {
    const { text } = await ask(port, '/twins');
    expect(text).to.contain('"zone":["x","y"]').and.to.contain('"__proto__":"z"');
  });

  it('gives ten points unless told otherwise, newest first', async () => {
    expect(await valuesOf('/steps')).to.deep.equal([14, 13, 12, 11, 10, 9, 8, 7, 6, 5]);
    expect(await valuesOf('/steps?limit=2')).to.deep.equal([14, 13]);
    expect(await valuesOf('/steps?limit=10000')).to.have.lengthOf(14);
  });

  it('counts the points of all tags of a name together', async () => {
    expect(await valuesOf('/pairs?limit=3')).to.deep.equal([14, -14, 13]);
  });

  it('gives the newest point of every series under /latest, by name', async () => {
    const { Timestamp, Metrics } = await bodyOf('/latest');
    expect(Timestamp).to.equal('2026-01-01T00:01:00.000Z');
    const names = Metrics.map(({ Name }) => Name);
    expect(names).to.deep.equal([...names].sort());
    const found = Metrics.filter(({ Name }) => ['pairs', 'requests', 'steps'].includes(Name));
    expect(found.map(({ Name, Value, Timestamp }) => [Name, Value, Timestamp])).to.deep.equal([
      ['pairs', 14, at(14)],
      ['pairs', -14, at(14)],
      ['requests', 7, at(0)],
      ['steps', 14, at(14)],
    ]);
  });

  it('takes every name as it is, whatever a path or a pattern would make of it', async () => {
    const paths = [
      '/__proto__',
      '/constructor',
      '/a/b/../c',
      '/a%2Fb%2F..%2Fc',
      '///host/path',
      '/wild*[card]%3F',
    ];
    expect((await Promise.all(paths.map(valuesOf))).flat()).to.deep.equal([1, 2, 3, 3, 4, 5]);
  });

  it('takes a whole address as proxies send it', async () => {
    expect(await valuesOf('http://goodall.example/requests?limit=1')).to.deep.equal([7]);
  });

  it('answers 404 for what is not there, and 400 for what cannot be', async () => {
    const outcomes = {
      '/nothing': [404, 'there is no metric "nothing"'],
      '/toString': [404, 'there is no metric "toString"'],
      '/wild*': [404, 'there is no metric "wild*"'],
      '/%E0%A4%A': [400, '"%E0%A4%A" is not valid percent-encoding'],
      '/steps?limit=0': [400, 'limit: "0" is not allowed; give a whole number from 1 to 10000'],
      '/steps?limit=10001': [400, 'limit: "10001" is not allowed; give a whole number from 1 to 10000'],
      '/steps?limit=ten': [400, 'limit: "ten" is not allowed; give a whole number from 1 to 10000'],
      '/steps?limit=': [400, 'limit: "" is not allowed; give a whole number from 1 to 10000'],
    };
    for (const [path, [status, error]] of Object.entries(outcomes)) {
      const answer = await ask(port, path);
      expect([answer.status, JSON.parse(answer.text)], path).to.deep.equal([status, { error }]);
      expect(answer.headers['content-type']).to.equal('application/json');
    }
  });

  it('answers 405 to what would change something, and says what it takes', async () => {
    for (const method of ['POST', 'DELETE', 'OPTIONS']) {
      const { status, headers, text } = await ask(port, '/latest', method);
      expect([status, headers.allow]).to.deep.equal([405, 'GET, HEAD']);
      expect(JSON.parse(text).error).to.contain(method);
    }
  });

  it('answers HEAD with the head alone', async () => {
    const [whole, head] = await Promise.all([ask(port, '/steps'), ask(port, '/steps', 'HEAD')]);
    expect(head.text).to.equal('');
    expect(head.status).to.equal(200);
    expect(head.headers['content-length']).to.equal(whole.headers['content-length']);
    expect(head.headers['content-type']).to.equal('application/json');
  });

  it('lists its routes', async () => {
    const { routes } = JSON.parse((await ask(port, '/')).text) as { routes: { path: string }[] };
    const paths = routes.map(({ path }) => path).filter((path) => !path.startsWith('/api/'));
    expect(paths).to.deep.equal(['/', '/healthz', '/latest', '/NAME']);
  });

  it('answers 400 in JSON to what is not HTTP', async () => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += chunk));
    socket.write('requests:1|c\n\n');
    await once(socket, 'close');
    expect(text).to.match(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).to.deep.equal({
      error: 'this is not a valid HTTP request',
    });
  });
});
