import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { systemClock } from '../../lib/clock.js';
import { ListenerBindError } from '../../lib/errors.js';
import type { HealthReport } from '../../lib/http/health.js';
import { HttpServer } from '../../lib/http/server.js';
import type { SqliteStore } from '../../lib/storage/sqlite/store.js';
import { FakeClock } from '../support/fake-clock.js';
import { ask, report, silent, temporaryStore } from './fixture.js';

describe('the HTTP server’s health, failures and end', () => {
  let store: SqliteStore;
  let remove: () => Promise<void>;
  const servers: HttpServer[] = [];

  before(async () => {
    ({ store, remove } = await temporaryStore());
  });
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));
  after(() => remove());

  function make(health: () => Promise<HealthReport>, clock = systemClock, reader = store) {
    const log: string[] = [];
    const logger = { ...silent, error: (message: string) => log.push(message) };
    const server = new HttpServer({ reader, health, clock, logger });
    servers.push(server);
    return { server, log };
  }

  it('answers /healthz with 200, and with 503 and the reasons', async () => {
    let databaseError: string | undefined;
    const { server } = make(async () => ({ ...report, databaseError }));
    const { port } = await server.start(0, '127.0.0.1');
    const well = await ask(port, '/healthz');
    databaseError = 'read-only';
    const ill = await ask(port, '/healthz');
    expect([well.status, JSON.parse(well.text).status]).to.deep.equal([200, 'up']);
    expect([ill.status, JSON.parse(ill.text).problems]).to.deep.equal([
      503,
      ['the database is not writable: read-only'],
    ]);
  });

  it('answers 500 in JSON when the store fails, and logs it', async () => {
    const other = await temporaryStore();
    await other.remove();
    const { server, log } = make(async () => report, systemClock, other.store);
    const { port } = await server.start(0, '127.0.0.1');
    const { status, text } = await ask(port, '/latest');
    expect(status).to.equal(500);
    expect(JSON.parse(text)).to.have.all.keys('error');
    expect(log[0]).to.match(/^http: GET \/latest failed: /);
  });

  it('fails to start with one clear line when the port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const outcome = await make(async () => report)
      .server.start(port, '127.0.0.1')
      .catch((error: unknown) => error);
    holder.close();
    expect(outcome).to.be.instanceOf(ListenerBindError);
    expect((outcome as ListenerBindError).exitCode).to.equal(11);
    expect((outcome as Error).message).to.equal(
      `HTTP cannot listen on 127.0.0.1:${port}: the port is in use; end what holds it, or choose another with --http-port (0 for no HTTP)`,
    );
  });

  it('fails to start on an address of another host', async () => {
    const outcome = await make(async () => report)
      .server.start(0, '192.0.2.1')
      .catch((error: unknown) => error);
    expect((outcome as Error).message).to.contain('this host has no such address');
  });

  it('listens on IPv6 and says where', async () => {
    const { address, port } = await make(async () => report).server.start(0, '::1');
    expect(address).to.equal('::1');
    expect(port).to.be.above(0);
  });

  it('ends a kept-alive connection when it closes, without waiting for it', async () => {
    const { server } = make(async () => report, new FakeClock());
    const { port } = await server.start(0, '127.0.0.1');
    const agent = new Agent({ keepAlive: true });
    const [response] = await once(get({ host: '127.0.0.1', port, agent }), 'response');
    const ended = once(response.socket, 'close');
    response.resume();
    await once(response, 'end');
    await server.close();
    await ended;
    agent.destroy();
  });

  it('lets a reply that is under way finish, and ends its connection', async () => {
    let answer: (value: HealthReport) => void = () => {};
    let asked: () => void = () => {};
    const underWay = new Promise<void>((resolve) => (asked = resolve));
    const { server } = make(
      () =>
        new Promise((resolve) => {
          answer = resolve;
          asked();
        }),
      new FakeClock(),
    );
    const { port } = await server.start(0, '127.0.0.1');
    const agent = new Agent({ keepAlive: true });
    const responded = once(get({ host: '127.0.0.1', port, path: '/healthz', agent }), 'response');
    await underWay;
    const closed = server.close();
    answer(report);
    const [response] = await responded;
    expect([response.statusCode, response.headers.connection]).to.deep.equal([200, 'close']);
    response.resume();
    await closed;
    agent.destroy();
  });

  it('cuts a reply off that does not finish within a second', async () => {
    const clock = new FakeClock();
    let asked: () => void = () => {};
    const underWay = new Promise<void>((resolve) => (asked = resolve));
    const { server } = make(() => {
      asked();
      return new Promise(() => {});
    }, clock);
    const { port } = await server.start(0, '127.0.0.1');
    const outcome = ask(port, '/healthz').catch((error: NodeJS.ErrnoException) => error.code);
    await underWay;
    const closed = server.close();
    clock.advance(1000);
    await closed;
    expect(await outcome).to.equal('ECONNRESET');
  });
});
