import { expect } from 'chai';
import { type HealthReport, healthReply, problemsOf } from '../../lib/http/health.js';
import { FakeClock } from '../support/fake-clock.js';

const well: HealthReport = {
  listeners: [{ name: 'udp', address: '0.0.0.0:8125', bound: true }],
  databaseError: undefined,
  databaseNotes: ['flushes that wait in memory: 2'],
  lastFlushAgeMs: 9_000,
  flushIntervalMs: 10_000,
  backends: [],
  series: { live: 3, refused: 0, refusals: [] },
  isSaidDown: false,
};

describe('health', () => {
  it('is up with the details, when nothing is wrong', async () => {
    expect(await healthReply(async () => well, new FakeClock())).to.deep.equal({
      status: 200,
      body: {
        status: 'up',
        problems: [],
        listeners: well.listeners,
        database: { writable: true, notes: ['flushes that wait in memory: 2'] },
        backends: [],
        series: { live: 3, refused: 0, refusals: [] },
        flush: { ageSeconds: 9, intervalSeconds: 10 },
      },
    });
  });

  it('is down with every reason, when something is', async () => {
    const report: HealthReport = {
      listeners: [...well.listeners, { name: 'http', address: '127.0.0.1:8080', bound: false }],
      databaseError: 'the disk is full',
      databaseNotes: [],
      lastFlushAgeMs: 30_001,
      flushIntervalMs: 10_000,
      backends: [],
      series: well.series,
      isSaidDown: true,
    };
    expect(problemsOf(report)).to.deep.equal([
      'the http listener is not bound to 127.0.0.1:8080',
      'the database is not writable: the disk is full',
      'no flush was written for 30.001 s, with an interval of 10 s',
      'health was set to down at the management console',
    ]);
    expect((await healthReply(async () => report, new FakeClock())).status).to.equal(503);
  });

  it('shows the trouble of other backends, and stays up: restarting this server would not help them', async () => {
    const backend = { name: 'graphite', problem: 'refused', flushesWaiting: 3, flushesLost: 0 };
    const { status, body } = await healthReply(
      async () => ({ ...well, backends: [backend] }),
      new FakeClock(),
    );
    expect(status).to.equal(200);
    expect(body).to.deep.include({ status: 'up', backends: [backend] });
  });

  it('forgives a flush that is late by less than three intervals', () => {
    expect(problemsOf({ ...well, lastFlushAgeMs: 30_000 })).to.deep.equal([]);
  });

  it('is down when the check itself fails', async () => {
    const reply = await healthReply(() => Promise.reject(new Error('no database')), new FakeClock());
    expect(reply).to.deep.equal({
      status: 503,
      body: { status: 'down', problems: ['the check failed: no database'] },
    });
  });

  it('is down when the check does not answer', async () => {
    const clock = new FakeClock();
    const reply = healthReply(() => new Promise(() => {}), clock);
    clock.advance(5000);
    expect(await reply).to.deep.equal({
      status: 503,
      body: { status: 'down', problems: ['the check failed: no answer within 5000 ms'] },
    });
  });
});
