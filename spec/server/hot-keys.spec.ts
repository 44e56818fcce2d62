import { mkdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Partial } from '../../lib/aggregate/partial.js';
import type { Flush } from '../../lib/flush/flush.js';
import { lineLogger } from '../../lib/log.js';
import { MetricType } from '../../lib/metric.js';
import { HotKeys } from '../../lib/server/hot-keys.js';
import { HyperLogLog } from '../../lib/sketch/hyperloglog.js';
import { FakeClock } from '../support/fake-clock.js';
import { emptyFlush } from '../support/flushes.js';
import { temporaryFolder } from '../support/temporary.js';

function flushOf(points: readonly (readonly [name: string, partial: Partial])[]): Flush {
  return {
    ...emptyFlush(0, 10_000),
    points: points.map(([name, partial]) => ({
      series: { name, type: partial.type, tags: name === 'tagged' ? [{ key: 'k', value: 'v' }] : [] },
      timeMs: 0,
      partial,
    })),
  };
}

const counter = (samples: number): Partial => ({ type: MetricType.Counter, sum: 1000, samples });

describe('the log of the most frequent keys', () => {
  const folder = temporaryFolder();
  const setUp = (keyFlush: { readonly percent?: number; readonly log?: string } = {}) => {
    const clock = new FakeClock();
    const written: string[] = [];
    const lines: string[] = [];
    const logger = lineLogger(
      'info',
      (line) => lines.push(line),
      () => clock.now(),
    );
    const out = (text: string) => written.push(text);
    const hotKeys = new HotKeys({
      intervalMs: 30_000,
      percent: 100,
      log: undefined,
      ...keyFlush,
      clock,
      logger,
      out,
    });
    return { clock, written, lines, hotKeys };
  };

  it('counts lines of all kinds, the most frequent key first, in the format of statsd', async () => {
    const { clock, written, hotKeys } = setUp();
    const members = new HyperLogLog();
    for (const member of ['a', 'b', 'c', 'd']) members.add(Buffer.from(member), 0, 1);
    await hotKeys.write(
      flushOf([
        ['one', counter(1)],
        ['tagged', counter(2)],
        ['silent', counter(0)],
      ]),
    );
    await hotKeys.write(
      flushOf([
        ['one', counter(2)],
        ['set', { type: MetricType.Set, members }],
      ]),
    );
    clock.advance(30_000);
    const time = new Date(clock.now()).toString();
    expect(written).to.deep.equal([
      `${time} count=4 key=set\n${time} count=3 key=one\n${time} count=2 key=tagged;k=v\n`,
    ]);
    await hotKeys.close();
  });

  it('begins anew after each interval, and ends when it is closed', async () => {
    const { clock, written, hotKeys } = setUp();
    await hotKeys.write(flushOf([['one', counter(1)]]));
    clock.advance(60_000);
    expect(written.map((text) => text.split('\n').length - 1)).to.deep.equal([1, 0]);
    await hotKeys.close();
    clock.advance(60_000);
    expect(written).to.have.length(2);
  });

  it('shows the share that is asked for, rounded up', async () => {
    const { clock, written, hotKeys } = setUp({ percent: 34 });
    await hotKeys.write(
      flushOf([
        ['a', counter(3)],
        ['b', counter(2)],
        ['c', counter(1)],
      ]),
    );
    clock.advance(30_000);
    expect(written[0]).to.match(/ key=a\n.* key=b\n$/);
    await hotKeys.close();
  });

  it('appends to its file, and goes on when that cannot be written', async () => {
    const log = folder.file('keys.log');
    const { clock, lines, hotKeys } = setUp({ log });
    for (const name of ['a', 'b']) {
      await hotKeys.write(flushOf([[name, counter(1)]]));
      clock.advance(30_000);
    }
    await hotKeys.close();
    expect(readFileSync(log, 'utf8')).to.match(/^.* key=a\n.* key=b\n$/);
    mkdirSync(folder.file('folder'));
    const failing = setUp({ log: folder.file('folder') });
    failing.clock.advance(30_000);
    await failing.hotKeys.close();
    expect([lines, failing.lines.length]).to.deep.equal([[], 1]);
    expect(failing.lines[0]).to.match(/WARN keyFlush: EISDIR/);
  });
});
