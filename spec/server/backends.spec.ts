import { expect } from 'chai';
import type { Config } from '../../lib/config/config.js';

import { loadConfig } from '../../lib/config/load.js';
import { batchOfOne } from '../../lib/ingest/packets.js';
import { lineLogger } from '../../lib/log.js';
import { StatsdBackends } from '../../lib/server/backends.js';
import { flushesOf } from '../flush/statsd-paths.js';
import { FakeClock } from '../support/fake-clock.js';
import { temporaryFolder } from '../support/temporary.js';

const intervalMs = 10_000;

describe('the backends of a server', () => {
  const folder = temporaryFolder();
  const clock = new FakeClock();
  let log: string[];
  let config: Config;
  let opened: StatsdBackends[];
  beforeEach(async () => {
    log = [];
    opened = [];
    ({ config } = await loadConfig({ flags: {}, env: {}, file: undefined }));
  });
  afterEach(() => Promise.all(opened.flatMap(({ backends }) => backends.map((backend) => backend.close()))));

  function backendsOf(names: readonly string[]): StatsdBackends {
    const logger = lineLogger(
      'info',
      (line) => log.push(line.slice(line.indexOf(' ') + 1).trimEnd()),
      () => 0,
    );
    const configFile = folder.file('config.yaml');
    const backends = new StatsdBackends({
      config: { ...config, backends: names },
      configFile,
      clock,
      logger,
    });
    opened.push(backends);
    return backends;
  }

  it('are none, and ask for nothing, unless they are named', () => {
    const none = backendsOf([]);
    expect(none.backends).to.deep.equal([]);
    expect(none.statistics).to.equal(undefined);
    expect(none.onPackets).to.equal(undefined);
    expect(none.condensing).to.deep.equal({ keepsSamples: false, keepsMembers: false });
  });

  it('log what is received where that is wanted, whatever is in it', () => {
    config = { ...config, statsdServer: { ...config.statsdServer, dumpMessages: true } };
    const { onPackets } = backendsOf([]);
    onPackets?.(batchOfOne(Buffer.from('a:1|c\n\n\u001b[2Jb:2|g\r'), '::1', 4711));
    onPackets?.({ ...batchOfOne(Buffer.from('c:3|c'), '', 0), lostBefore: 7 });
    onPackets?.(batchOfOne(Buffer.from('d:4|c\n'), '10.0.0.1', 0));
    expect(log).to.deep.equal([
      "INFO received from ::1 port 4711: 'a:1|c'",
      "INFO received from ::1 port 4711: '\\x1B[2Jb:2|g\\r'",
      'WARN 7 packets came too fast to be logged',
      "INFO received: 'c:3|c'",
      "INFO received from 10.0.0.1: 'd:4|c'",
    ]);
  });

  it('ask for what they need', () => {
    expect(backendsOf(['graphite']).condensing).to.deep.equal({ keepsSamples: true, keepsMembers: false });
    expect(backendsOf(['graphite', 'console']).condensing).to.deep.equal({
      keepsSamples: true,
      keepsMembers: true,
    });
    expect(backendsOf(['repeater']).onPackets).to.be.a('function');
    expect(backendsOf(['repeater']).statistics).to.equal(undefined);
  });

  it('say so when the configuration gives them no place to send to', () => {
    backendsOf(['graphite', 'repeater']);
    expect(log).to.deep.equal([
      'WARN backends: repeater sends nothing, as there is no repeater in the configuration',
      'WARN backends: graphite gets nothing, as there is no graphiteHost in the configuration',
    ]);
  });

  it('are found beside the config file', () => {
    folder.write('mine.js', 'exports.init = () => true;');
    expect(backendsOf(['./mine']).backends.map(({ name }) => name)).to.deep.equal(['./mine']);
  });

  it('go over to those of another configuration, without forgetting a name', async () => {
    folder.write('mine.js', 'exports.init = (t, c, events) => events.on("packet", () => {});');
    const backends = backendsOf(['graphite']);
    const flushes = flushesOf('plain', [['idle:5|c\ngauge:7|g'], []], clock, intervalMs);
    await backends.take(flushes.slice(0, 1));
    const names = (await backends.reload({ ...config, backends: ['console', './mine'] })).map(
      ({ name }) => name,
    );
    expect(names).to.deep.equal(['console', './mine']);
    expect(log.at(-1)).to.equal('WARN backends: there are members of sets, packets after a restart only');
    await backends.take(flushes.slice(1));
    const { counters, gauges } = backends.statistics!.of(flushes[1]!)!.metrics;
    expect([counters.idle, gauges.gauge]).to.deep.equal([0, 7]);
  });

  it('stay what they are when those of another configuration cannot be had', async () => {
    const backends = backendsOf(['graphite']);
    let refusal = '';
    await backends.reload({ ...config, backends: ['./no-such'] }).catch((error: Error) => {
      refusal = error.message;
    });
    expect(refusal).to.include('"./no-such" is not console, graphite or repeater');
    expect(backends.backends.map(({ name }) => name)).to.deep.equal(['graphite']);
  });

  it('are not told any more of idle names that a person has deleted', async () => {
    const backends = backendsOf(['graphite']);
    const [first, second] = flushesOf(
      'plain',
      [['a.b:1|c\na.c:1|c\nd:1|c\ng:1|g\nt:1|ms'], []],
      clock,
      intervalMs,
    );
    await backends.take([first!]);
    const { statistics } = backends;
    expect(statistics!.delete('counters', ['a.*', 'a.b', 'd'])).to.deep.equal([['a.b', 'a.c'], [], ['d']]);
    expect(statistics!.delete('gauges', ['g'])).to.deep.equal([['g']]);
    expect(statistics!.delete('timers', ['t', 'u'])).to.deep.equal([['t'], []]);
    await backends.take([second!]);
    const { counters, gauges, timers } = statistics!.of(second!)!.metrics;
    expect(Object.keys(counters).filter((name) => !name.startsWith('statsd.'))).to.deep.equal([]);
    expect(Object.keys(gauges)).to.deep.equal(['statsd.timestamp_lag']);
    expect(timers).to.deep.equal({});
  });
});
