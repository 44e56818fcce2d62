import { once } from 'node:events';
import { expect } from 'chai';
import { StatsD } from 'hot-shots';
import { Goodall, report, rowOf } from '../support/goodall.js';
import { temporaryFolder } from '../support/temporary.js';
import { finish, needs } from './other-program.js';

/** The client of Python's statsd that is made by an expression, which may use `place`. */
const python = (client: string, place: string) =>
  finish('/usr/bin/python3', [
    '-c',
    `import statsd, sys
place = sys.argv[1]
client = ${client}
client.incr('hits'); client.incr('hits', 4); client.gauge('level', 12.5); client.gauge('level', -2, delta=True)
for value in range(1, 1001): client.timing('latency', value)
client.close()`,
    place,
  ]);

describe("Python's statsd over streams", () => {
  const folder = temporaryFolder();
  needs('/usr/lib/python3/dist-packages/statsd', 'python3-statsd');

  const check = async (db: string): Promise<void> => {
    const got = await report(db);
    expect(rowOf(got, 'hits')).to.include({ type: 'counter', sum: 5 });
    expect(rowOf(got, 'level')).to.include({ type: 'gauge', last: 10.5 });
    expect(rowOf(got, 'latency')).to.include({ type: 'timer', count: 1000, sum: 500_500 });
  };

  it('is understood over TCP', async () => {
    const server = await Goodall.start(folder.file('goodall.db'), ['--listen', 'tcp://127.0.0.1:0']);
    const [, port] = await server.program.waitFor(/tcp 127\.0\.0\.1:(\d+)/);
    await python("statsd.TCPStatsClient('127.0.0.1', int(place))", port!);
    await server.stop();
    await check(server.db);
  });

  it('is understood over a unix socket', async () => {
    const path = folder.file('goodall.sock');
    const server = await Goodall.start(folder.file('goodall.db'), ['--listen', `unix:${path}`]);
    await python('statsd.UnixSocketStatsClient(place)', path);
    await server.stop();
    await check(server.db);
  });
});

describe('hot-shots over streams', () => {
  const folder = temporaryFolder();

  it('is understood over TCP, and a large buffer of it', async () => {
    const server = await Goodall.start(folder.file('goodall.db'), ['--listen', 'tcp://127.0.0.1:0']);
    const [, port] = await server.program.waitFor(/tcp 127\.0\.0\.1:(\d+)/);
    const client = new StatsD({
      protocol: 'tcp',
      host: '127.0.0.1',
      port: Number(port),
      maxBufferSize: 8000,
      globalTags: { env: 'prod' },
    });
    for (let i = 1; i <= 2000; i++) client.timing('latency', i, { route: `r${i % 4}` });
    client.increment('hits', 3);
    await new Promise<void>((resolve) => client.close(() => resolve()));
    await server.stop();
    const got = await report(server.db, ['--group-by', 'env']);
    expect(rowOf(got, 'latency')).to.deep.include({ count: 2000, sum: 2_001_000, tags: { env: 'prod' } });
    expect(rowOf(got, 'hits')).to.include({ sum: 3 });
  });

  it('is understood through a stream of the application', async () => {
    const path = folder.file('goodall.sock');
    const server = await Goodall.start(folder.file('goodall.db'), ['--listen', `unix:${path}`]);
    const { connect } = await import('node:net');
    const stream = connect(path);
    await once(stream, 'connect');
    const client = new StatsD({ protocol: 'stream', stream });
    for (let i = 0; i < 100; i++) client.increment('hits');
    await new Promise<void>((resolve) => client.close(() => resolve()));
    await server.stop();
    expect(rowOf(await report(server.db), 'hits')).to.include({ sum: 100 });
  });
});
