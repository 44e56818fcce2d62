import { expect } from 'chai';
import type { CheckRecord, EventRecord } from '../../lib/metric.js';
import { always, badLine, flushOf, refusal, stepMs, t0, tagsOf } from './flushes.js';
import type { StoreUnderTest } from './store.js';

const event = (timeMs: number, parts: globalThis.Partial<EventRecord> = {}): EventRecord => ({
  timeMs,
  title: 'deploy',
  text: '',
  host: undefined,
  aggregationKey: undefined,
  priority: 'normal',
  sourceType: undefined,
  alertType: 'info',
  tags: [],
  ...parts,
});

const check = (timeMs: number, parts: globalThis.Partial<CheckRecord> = {}): CheckRecord => ({
  timeMs,
  name: 'db.up',
  status: 0,
  host: undefined,
  message: undefined,
  tags: [],
  ...parts,
});

export function storeReadsRecords(underTest: () => StoreUnderTest): void {
  it('keeps what each flush says was received, refused and lost', async () => {
    const { store } = underTest();
    const full = {
      datagrams: 1_000_000,
      bytes: 5_000_000_000,
      lines: 3_000_000,
      badLines: { value: 3, __proto: 1, 'sample rate': 2 },
      unknownFields: 4,
      datagramsDropped: 17,
      samplesOverflowed: 5,
      seriesLive: 1000,
      seriesRefused: 6,
      flushDurationMs: 1.625,
    };
    const untold = { ...full, badLines: {}, datagramsDropped: undefined };
    await store.write(flushOf({ source: 'b', startMs: t0 + stepMs, ingest: untold }));
    await store.write(flushOf({ source: 'a', startMs: t0, ingest: full }));
    await store.write(flushOf({ source: 'a', startMs: t0 + 60_000, intervalMs: 60_000, ingest: full }));
    expect(await store.ingest({ sinceMs: t0, untilMs: t0 + 60_000 })).to.deep.equal([
      { source: 'a', timeMs: t0, stepMs, ...full },
      { source: 'b', timeMs: t0 + stepMs, stepMs, ...untold },
    ]);
    expect(await store.ingest({ sinceMs: t0 + stepMs, untilMs: Infinity })).to.have.lengthOf(2);
  });

  it('keeps the intervals of more flushes than come in one batch', async () => {
    const { store } = underTest();
    const total = 2100;
    for (let i = 0; i < total; i += 1) {
      await store.write(flushOf({ startMs: t0 + Math.floor(i / 2) * stepMs }));
    }
    const starts = (await store.ingest(always)).map(({ timeMs }) => (timeMs - t0) / stepMs);
    expect(starts).to.deep.equal(Array.from({ length: total }, (_, i) => Math.floor(i / 2)));
  });

  it('keeps events as they were, those of the window in order of time', async () => {
    const { store } = underTest();
    const full = event(t0 + 2, {
      title: 'line\nbreak ☃',
      text: 'two\nlines',
      host: 'web-1',
      aggregationKey: 'key',
      priority: 'low',
      sourceType: 'git',
      alertType: 'error',
      tags: tagsOf('env:prod', 'canary'),
    });
    await store.write(flushOf({ events: [full, event(t0 + 1)] }));
    await store.write(flushOf({ events: [event(t0 + 500, { host: '' })] }));
    expect(await store.events(always)).to.deep.equal([event(t0 + 1), full, event(t0 + 500, { host: '' })]);
    expect(await store.events({ sinceMs: t0 + 2, untilMs: t0 + 500 })).to.deep.equal([full]);
  });

  it('keeps service checks as they were, those of the window in order of time', async () => {
    const { store } = underTest();
    const full = check(t0 + 2, { status: 2, host: 'h', message: 'no answer', tags: tagsOf('role:db') });
    await store.write(
      flushOf({ checks: [full, check(t0 + 1, { status: 3 }), check(t0 + 9, { status: 1 })] }),
    );
    expect(await store.checks(always)).to.deep.equal([
      check(t0 + 1, { status: 3 }),
      full,
      check(t0 + 9, { status: 1 }),
    ]);
    expect(await store.checks({ sinceMs: t0 + 2, untilMs: t0 + 9 })).to.deep.equal([full]);
  });

  it('adds bad lines up by reason and sender, and keeps the newest sample', async () => {
    const { store } = underTest();
    const first = [
      badLine('value', '10.0.0.1', { sample: 'old', count: 2 }),
      badLine('value', '10.0.0.2', { lastSeenMs: t0 + 5 }),
      badLine('name', '', { sample: '\ufffd\0' }),
    ];
    await store.write(flushOf({ badLines: first }));
    const again = { sample: 'new', count: 3, firstSeenMs: t0 + stepMs, lastSeenMs: t0 + stepMs + 1 };
    await store.write(flushOf({ badLines: [badLine('value', '10.0.0.1', again)] }));
    const late = { sample: 'late', firstSeenMs: t0 - 9, lastSeenMs: t0 - 8 };
    await store.write(flushOf({ badLines: [badLine('value', '10.0.0.1', late)] }));
    const whole = { sample: 'new', count: 6, firstSeenMs: t0 - 9, lastSeenMs: t0 + stepMs + 1 };
    expect(await store.badLines(always)).to.deep.equal([
      badLine('value', '10.0.0.1', whole),
      first[1],
      first[2],
    ]);
    expect(await store.badLines({ sinceMs: t0 + 6, untilMs: Infinity })).to.have.lengthOf(1);
    expect(await store.badLines({ sinceMs: 0, untilMs: t0 })).to.have.lengthOf(1);
  });

  it('keeps bad lines within bounds, the most recent of them', async () => {
    const { store } = underTest();
    const forged = Array.from({ length: 3000 }, (_, i) =>
      badLine('value', `10.0.${i >> 8}.${i & 255}`, { firstSeenMs: t0 + i, lastSeenMs: t0 + i }),
    );
    await store.write(flushOf({ badLines: forged }));
    const kept = await store.badLines(always);
    expect(kept.length).to.be.within(1, 1000);
    expect(kept[0]).to.deep.equal(forged.at(-1));
  });

  it('adds refusals up by name and limit, those of most series first, and keeps the newest sample', async () => {
    const { store } = underTest();
    const other = { limit: 'max-series-per-name', refused: 1 } as const;
    const first = [refusal('a', { values: 9 }), refusal('b', { refused: 30 }), refusal('a', other)];
    await store.write(flushOf({ refusals: first }));
    const again = { tag: 'user', values: 8, sender: 'new', sample: 'new', lastSeenMs: t0 + stepMs };
    await store.write(flushOf({ refusals: [refusal('a', { ...again, firstSeenMs: t0 + stepMs })] }));
    const late = { tag: 'zone', values: 12, sender: 'old', sample: 'old', lastSeenMs: t0 - 8 };
    await store.write(flushOf({ refusals: [refusal('a', { ...late, firstSeenMs: t0 - 9 })] }));
    const whole = { ...again, tag: 'zone', values: 12, refused: 21, firstSeenMs: t0 - 9 };
    expect(await store.refusals(always)).to.deep.equal([first[1], refusal('a', whole), first[2]]);
    expect(await store.refusals({ sinceMs: t0 + 1, untilMs: Infinity })).to.have.lengthOf(1);
    expect(await store.refusals({ sinceMs: 0, untilMs: t0 })).to.have.lengthOf(1);
  });

  it('keeps refusals within bounds, the most recent of them', async () => {
    const { store } = underTest();
    const invented = Array.from({ length: 3000 }, (_, i) =>
      refusal(`name.${i}`, { firstSeenMs: t0 + i, lastSeenMs: t0 + i }),
    );
    await store.write(flushOf({ refusals: invented }));
    const kept = await store.refusals(always);
    expect(kept.length).to.be.within(1, 1000);
    expect(kept).to.deep.include(invented.at(-1));
  });
}
