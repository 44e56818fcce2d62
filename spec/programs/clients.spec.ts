import { execFileSync, spawn } from 'node:child_process';
import { expect } from 'chai';
import { type ClientOptions, StatsD } from 'hot-shots';
import { SqliteReader } from '../../lib/storage/sqlite/reader.js';
import { Goodall, report, rowOf } from '../support/goodall.js';
import { temporaryFolder } from '../support/temporary.js';

const closed = (client: StatsD) => new Promise<void>((resolve) => client.close(() => resolve()));

/** What every client of the specs sends, whatever its flavour. */
async function speak(port: number, options: ClientOptions): Promise<void> {
  const client = new StatsD({ host: '127.0.0.1', port, ...options });
  client.increment('hits');
  client.increment('hits', 4);
  client.decrement('hits', 2);
  client.gauge('level', 12.5);
  client.gaugeDelta('level', -2);
  client.timing('latency', 250);
  client.set('users', 'ann');
  client.set('users', 'bob');
  client.set('users', 'ann');
  await closed(client);
}

const flavours: Readonly<Record<string, ClientOptions>> = {
  'plain statsd': { datadog: false },
  DogStatsD: {},
  'DogStatsD, buffered into few datagrams': { maxBufferSize: 1432 },
  telegraf: { telegraf: true },
  'client-side aggregation': { aggregation: true },
};

describe('hot-shots as a client', () => {
  const folder = temporaryFolder();
  let server: Goodall;

  beforeEach(async () => {
    server = await Goodall.start(folder.file('goodall.db'));
  });

  for (const [flavour, options] of Object.entries(flavours)) {
    it(`is understood: ${flavour}`, async () => {
      await speak(server.udpPort, options);
      await server.stop();
      const got = await report(server.db);
      expect(rowOf(got, 'hits')).to.include({ type: 'counter', sum: 3 });
      expect(rowOf(got, 'level')).to.include({ type: 'gauge', last: 10.5 });
      expect(rowOf(got, 'latency')).to.include({ type: 'timer', count: 1, min: 250 });
      expect(rowOf(got, 'users')).to.include({ type: 'set', count: 2 });
    });
  }

  for (const [flavour, options] of Object.entries({ DogStatsD: {}, telegraf: { telegraf: true } })) {
    it(`sends tags that select and group: ${flavour}`, async () => {
      const client = new StatsD({
        host: '127.0.0.1',
        port: server.udpPort,
        globalTags: { env: 'prod' },
        ...options,
      });
      client.increment('requests', 3, { route: 'home' });
      client.increment('requests', 5, { route: 'cart' });
      await closed(client);
      await server.stop();
      const cart = await report(server.db, ['--tag', 'route:cart']);
      expect(rowOf(cart, 'requests')).to.deep.include({ sum: 5, tags: { env: 'prod', route: 'cart' } });
      const grouped = await report(server.db, ['--group-by', 'env']);
      expect(rowOf(grouped, 'requests')).to.deep.include({ sum: 8, tags: { env: 'prod' } });
    });
  }

  it('samples at the client, and the totals are scaled back', async () => {
    const client = new StatsD({ host: '127.0.0.1', port: server.udpPort, maxBufferSize: 1432 });
    for (let i = 0; i < 4000; i++) client.increment('sampled', 1, 0.5);
    await closed(client);
    await server.stop();
    const row = rowOf(await report(server.db), 'sampled');
    expect(row.sum).to.equal(row.count! * 2);
    // 4,000 tosses of a coin: five standard deviations are 316 on the doubled scale.
    expect(row.sum).to.be.within(4000 - 320, 4000 + 320);
  });

  it('sends histograms, distributions, timestamps, origin fields, events and service checks', async () => {
    const client = new StatsD({
      host: '127.0.0.1',
      port: server.udpPort,
      containerID: 'abc',
      cardinality: 'low',
    });
    const anHourAgo = Math.floor(Date.now() / 1000) - 3600;
    client.histogram('size', 10, { k: 'v' });
    client.distribution('size', 30, { k: 'v' });
    client.increment('late', 7, { timestamp: anHourAgo });
    client.event('deployed', 'version 2\nof it', { alert_type: 'success' }, ['env:prod']);
    client.check('db', client.CHECKS.WARNING, { message: 'slow' }, ['env:prod']);
    await closed(client);
    await server.stop();
    const got = await report(server.db, ['--since', '3h', '--step', '1h']);
    expect(rowOf(got, 'size')).to.include({ type: 'distribution', count: 2, sum: 40 });
    const late = rowOf(got, 'late');
    expect(late.sum).to.equal(7);
    expect(Date.parse(late.time!) / 1000).to.be.within(anHourAgo - 3600, anHourAgo);
    const reader = await SqliteReader.open(server.db);
    const window = { sinceMs: Date.now() - 60_000, untilMs: Date.now() + 60_000 };
    const [event] = await reader.events(window);
    expect(event).to.deep.include({ title: 'deployed', text: 'version 2\nof it', alertType: 'success' });
    const [check] = await reader.checks(window);
    expect(check).to.deep.include({ name: 'db', status: 1, message: 'slow' });
    await reader.close();
  });

  afterEach(async () => {
    await server.stop('SIGKILL');
  });
});

describe('other ways to send', () => {
  const folder = temporaryFolder();

  it('nc sends a line', async function () {
    try {
      execFileSync('nc', ['-h'], { stdio: 'ignore' });
    } catch {
      return this.skip();
    }
    const server = await Goodall.start(folder.file('goodall.db'));
    const nc = spawn('nc', ['-u', '-w1', '127.0.0.1', String(server.udpPort)], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    nc.stdin.end('deploys:1|c');
    await new Promise((resolve) => nc.on('close', resolve));
    await server.stop();
    expect(rowOf(await report(server.db), 'deploys')).to.include({ sum: 1 });
  });

  it('a datagram of the largest size carries all its lines', async () => {
    const server = await Goodall.start(folder.file('goodall.db'));
    const line = 'a:1|c\n';
    const count = Math.floor(65_507 / line.length);
    await server.send([line.repeat(count)]);
    await server.stop();
    expect(rowOf(await report(server.db), 'a')).to.include({ sum: count });
  });
});
