import { expect } from 'chai';
import { Goodall, type Report, report, rowOf } from '../support/goodall.js';
import { temporaryFolder } from '../support/temporary.js';

/** A reproducible stream of numbers in [0, 1) (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Packs lines into datagrams of at most 1,432 bytes, as clients do. */
function packed(lines: readonly string[]): string[] {
  const datagrams: string[] = [];
  let open = '';
  for (const line of lines) {
    if (open !== '' && open.length + 1 + line.length > 1432) {
      datagrams.push(open);
      open = '';
    }
    open = open === '' ? line : `${open}\n${line}`;
  }
  return [...datagrams, open];
}

/** The exact weighted quantile: the smallest value that has more than `q` of the weight, less one, below or at it. */
function exactQuantile(samples: readonly (readonly [number, number])[], q: number): number {
  const sorted = [...samples].sort((a, b) => a[0] - b[0]);
  const total = sorted.reduce((sum, [, weight]) => sum + weight, 0);
  let below = 0;
  for (const [value, weight] of sorted) {
    below += weight;
    if (below > q * (total - 1)) return value;
  }
  return Number.NaN;
}

for (const transport of ['auto', 'dgram'])
  describe(`ten thousand mixed samples, from the ${transport} socket to the report`, () => {
    const folder = temporaryFolder();
    const rates = [1, 1, 0.5, 0.25];
    let lines: string[];
    let counters: Map<string, { sum: number; samples: number }>;
    let gauges: Map<string, number[]>;
    let timers: Map<string, [number, number][]>;
    let members: Set<string>;
    let got: Report;

    beforeEach(async function () {
      this.timeout(60_000);
      const next = random(20_260_101);
      lines = [];
      counters = new Map();
      gauges = new Map();
      timers = new Map();
      members = new Set();
      for (let i = 0; i < 10_000; i++) {
        const kind = i % 10;
        const name = `n${Math.floor(next() * 5)}`;
        const rate = rates[Math.floor(next() * rates.length)]!;
        const suffix = rate === 1 ? '' : `|@${rate}`;
        if (kind < 4) {
          const value = Math.floor(next() * 100);
          lines.push(`hits.${name}:${value}|c${suffix}`);
          const total = counters.get(name) ?? { sum: 0, samples: 0 };
          counters.set(name, { sum: total.sum + value / rate, samples: total.samples + 1 });
        } else if (kind < 6) {
          const value = Math.floor(next() * 1000) - 500;
          // A signed number would be a change: a negative setting is sent as zero and a change, as clients do.
          lines.push(value < 0 ? `level.${name}:0|g\nlevel.${name}:${value}|g` : `level.${name}:${value}|g`);
          gauges.set(name, [...(gauges.get(name) ?? []), ...(value < 0 ? [0] : []), value]);
        } else if (kind < 9) {
          const value = Math.round(Math.exp(next() * 6) * 1000) / 1000;
          lines.push(`latency.${name}:${value}|ms${suffix}|#env:prod`);
          timers.set(name, [...(timers.get(name) ?? []), [value, 1 / rate]]);
        } else {
          const member = `user${Math.floor(next() * 700)}`;
          lines.push(`users:${member}|s`);
          members.add(member);
        }
      }
      const server = await Goodall.start(folder.file('goodall.db'), ['--transport', transport]);
      await server.send(packed(lines));
      const { code } = await server.stop();
      expect(code).to.equal(0);
      got = await report(server.db, ['--since', '1h', '-p', '1,50,90,99,99.9,100']);
    });

    it('lose nothing and report what an exact computation gives', () => {
      expect(got.loss).to.include({ datagramsDropped: 0, datagramsReceived: packed(lines).length });
      for (const [name, { sum, samples }] of counters) {
        expect(rowOf(got, `hits.${name}`), name).to.include({ type: 'counter', sum, count: samples });
      }
      for (const [name, values] of gauges) {
        const row = rowOf(got, `level.${name}`);
        expect(row, name).to.include({
          type: 'gauge',
          last: values.at(-1),
          min: Math.min(...values),
          max: Math.max(...values),
          count: values.length,
        });
        expect(row.mean).to.be.closeTo(values.reduce((a, b) => a + b) / values.length, 1e-9);
      }
      expect(rowOf(got, 'users')).to.include({ type: 'set', count: members.size });
      for (const [name, samples] of timers) {
        const row = rowOf(got, `latency.${name}`);
        const weight = samples.reduce((sum, [, w]) => sum + w, 0);
        expect(row, name).to.deep.include({ type: 'timer', tags: { env: 'prod' }, count: weight });
        expect(row.sum).to.be.closeTo(
          samples.reduce((sum, [v, w]) => sum + v * w, 0),
          1e-6,
        );
        expect(row.min).to.equal(Math.min(...samples.map(([v]) => v)));
        expect(row.max).to.equal(Math.max(...samples.map(([v]) => v)));
        for (const [key, value] of Object.entries(row.percentiles ?? {})) {
          const exact = exactQuantile(samples, Number(key) / 100);
          expect(
            Math.abs(value - exact) / exact,
            `${name} p${key}: ${value}, exactly ${exact}`,
          ).to.be.at.most(got.relativeAccuracy + 1e-9);
        }
        expect(Object.keys(row.percentiles ?? {})).to.have.members(['1', '50', '90', '99', '99.9', '100']);
      }
    });
  });

describe('a server that is stopped in mid-interval', () => {
  const folder = temporaryFolder();

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`loses nothing on ${signal}, and goes on where it was`, async () => {
      const db = folder.file('goodall.db');
      const interval = ['--flush-interval', '3600000'];
      const first = await Goodall.start(db, interval);
      await first.send(Array(500).fill('hits:1|c\nlevel:+2|g\nlatency:5|ms\nusers:ann|s'));
      expect((await first.stop(signal)).code).to.equal(0);
      const second = await Goodall.start(db, interval);
      await second.send(Array(500).fill('hits:1|c\nlevel:+2|g\nlatency:7|ms\nusers:bob|s'));
      expect((await second.stop(signal)).code).to.equal(0);
      const got = await report(db, ['--since', '2h']);
      expect(rowOf(got, 'hits')).to.include({ sum: 1000, count: 1000 });
      expect(rowOf(got, 'level')).to.include({ last: 2000, count: 1000 });
      expect(rowOf(got, 'latency')).to.include({ count: 1000, sum: 6000, min: 5, max: 7 });
      expect(rowOf(got, 'users')).to.include({ count: 2 });
      expect(got.loss).to.include({ datagramsReceived: 1000, datagramsDropped: 0 });
    });
  }
});

describe('what a server cannot accept', () => {
  const folder = temporaryFolder();

  it('costs nothing but itself', async () => {
    const server = await Goodall.start(folder.file('goodall.db'));
    await server.send([
      'ok:1|c\ngarbage\nok:1|c',
      '\u0000\u0001\u0002',
      'x:1|c|@0',
      'ok:1|c',
      '__proto__:1|c',
    ]);
    await server.stop();
    const got = await report(server.db);
    expect(rowOf(got, 'ok')).to.include({ sum: 3 });
    expect(rowOf(got, '__proto__')).to.include({ sum: 1 });
    expect(got.rows).to.have.length(2);
  });
});
