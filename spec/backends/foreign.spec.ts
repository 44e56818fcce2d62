import { expect } from 'chai';
import { ForeignBackend } from '../../lib/backends/foreign.js';
import { resolveModule } from '../../lib/backends/resolve-module.js';
import { systemClock } from '../../lib/clock.js';
import { batchOfOne } from '../../lib/ingest/packets.js';
import { lineLogger } from '../../lib/log.js';
import { FakeClock } from '../support/fake-clock.js';
import { temporaryFolder } from '../support/temporary.js';
import { sampleFlush } from './sample-flush.js';

const startupTime = 1_700_000_000;

describe('a backend module of others', () => {
  const folder = temporaryFolder();
  let log: string[];
  let running: ForeignBackend[];
  beforeEach(() => {
    log = [];
    running = [];
  });
  afterEach(() => Promise.all(running.map((backend) => backend.close())));

  function load(source: string, config: object = {}, clock = systemClock): ForeignBackend {
    const path = folder.write(`module-${running.length}.js`, source);
    const logger = lineLogger(
      'debug',
      (line) => log.push(line.slice(line.indexOf(' ') + 1).trimEnd()),
      () => 0,
    );
    const backend = new ForeignBackend({ name: 'mine', path, startupTime, config, clock, logger });
    running.push(backend);
    return backend;
  }

  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  it('gets what statsd gives: start time, configuration, events and a logger', async () => {
    const backend = load(
      `exports.init = (time, config, events, logger) => {
         logger.log('time ' + time + ' ' + typeof events.on + ' ' + JSON.stringify(config));
         logger.log('bad', 'ERROR');
         logger.log('so so', 'WARNING');
         return true;
       };`,
      { graphiteHost: 'h', nested: { list: [1, 'inf'] } },
    );
    await backend.start();
    await until(() => log.length === 3);
    expect(log).to.deep.equal([
      'INFO backend mine: time 1700000000 function {"graphiteHost":"h","nested":{"list":[1,"inf"]}}',
      'ERROR backend mine: bad',
      'WARN backend mine: so so',
    ]);
    expect(backend.problem).to.equal(undefined);
    expect(backend.wantsPackets).to.equal(false);
  });

  it('gets every flush with the metrics that statsd hands over, sets with their members', async () => {
    const backend = load(`
      exports.init = (time, config, events, logger) => {
        events.on('flush', (timestamp, metrics) => {
          const sets = Object.entries(metrics.sets).map(([k, s]) => [k, s.size(), s.values(), s.has('x')]);
          logger.log(JSON.stringify({ timestamp, keys: Object.keys(metrics), ...metrics, sets }));
        });
        return true;
      };`);
    await backend.start();
    const { timestamp, metrics } = sampleFlush();
    await backend.flush({ timestamp, metrics });
    await until(() => log.length === 1);
    const told = JSON.parse(log[0]!.slice(log[0]!.indexOf('{')));
    expect(told).to.deep.equal({
      timestamp,
      keys: Object.keys(metrics),
      ...JSON.parse(JSON.stringify(metrics)),
      sets: [
        ['s', 3, ['2', 'x', 'y'], true],
        ['empty', 0, [], false],
      ],
    });
  });

  it('adds its lines to the console', async () => {
    const backend = load(`
      exports.init = (time, config, events) => {
        events.on('status', (write) => {
          write(null, 'other', 'last_flush', time);
          write(null, 'other', 'state', 'fine');
          write('no idea', 'other', 'lost', 1);
        });
        return true;
      };`);
    await backend.start();
    expect((await backend.status()).map(({ group, name, value }) => [group, name, value])).to.deep.equal([
      ['other', 'last_flush', startupTime],
      ['other', 'state', 'fine'],
    ]);
    expect(log).to.deep.equal(['WARN Failed to read stats for backend other: no idea']);
  });

  it('gets packets when it listens for them', async () => {
    const backend = load(`
      exports.init = (time, config, events, logger) => {
        events.on('packet', (packet, sender) => {
          logger.log(Buffer.isBuffer(packet) + ' ' + packet + ' ' + JSON.stringify(sender));
        });
        return true;
      };`);
    await backend.start();
    expect(backend.wantsPackets).to.equal(true);
    backend.packets(batchOfOne(Buffer.from('a:1|c'), '127.0.0.1', 5));
    backend.packets(batchOfOne(Buffer.from('bb:2|c'), '::1', 6));
    await until(() => log.length === 2);
    expect(log[0]).to.equal(
      'INFO backend mine: true a:1|c {"address":"127.0.0.1","family":"IPv4","port":5,"size":5}',
    );
    expect(log[1]).to.include('true bb:2|c {"address":"::1","family":"IPv6","port":6,"size":6}');
  });

  it('may be an ECMAScript module', async () => {
    const path = folder.write(
      'module.mjs',
      'export const init = (t, c, e, l) => { l.log("here"); return true; };',
    );
    const logger = lineLogger(
      'info',
      (line) => log.push(line),
      () => 0,
    );
    const backend = new ForeignBackend({
      ...{ name: 'mine', path, startupTime, config: {}, clock: systemClock, logger },
    });
    running.push(backend);
    await backend.start();
    await until(() => log.length === 1);
    expect(log[0]).to.include('backend mine: here');
  });

  it('may go on sending for a while when the server stops', async () => {
    const file = folder.file('late.txt');
    const backend = load(`
      const { writeFileSync } = require('node:fs');
      exports.init = (time, config, events) => {
        events.on('flush', () => setTimeout(() => writeFileSync(${JSON.stringify(file)}, 'sent'), 50));
        return true;
      };`);
    await backend.start();
    await backend.flush(sampleFlush());
    await backend.close();
    const { readFileSync } = await import('node:fs');
    expect(readFileSync(file, 'utf8')).to.equal('sent');
  });

  describe('that fails', () => {
    const flushing = (body: string): string => `
      exports.init = (time, config, events, logger) => {
        logger.log('begun');
        events.on('flush', (timestamp) => { ${body} });
        return true;
      };`;

    it('at a flush, costs its own flush and is said', async () => {
      const backend = load(flushing('if (timestamp === 1) throw new Error("no luck"); logger.log("fine");'));
      await backend.start();
      await backend.flush(sampleFlush(1));
      expect(backend.problem).to.equal('no luck');
      expect(log).to.include('ERROR backend mine failed at a flush: no luck');
      await backend.flush(sampleFlush(2));
      await until(() => log.includes('INFO backend mine: fine'));
      expect(backend.problem).to.equal(undefined);
    });

    const ends: Readonly<Record<string, readonly [body: string, reason: string]>> = {
      'later on': ['setTimeout(() => { throw new Error("too late"); }, 1)', 'too late'],
      'by a promise nobody looks after': ['Promise.reject(new Error("lost"))', 'lost'],
      'by ending its process': ['setTimeout(() => process.exit(7), 1)', 'its thread ended with 7'],
      'by ending its process at once': ['process.exit(7)', 'its thread ended with 7'],
    };
    for (const [how, [body, reason]] of Object.entries(ends)) {
      it(`${how}, is started again, and its flushes wait for it`, async () => {
        const clock = new FakeClock();
        const backend = load(
          flushing(`if (timestamp === 1) ${body}; else logger.log("took " + timestamp);`),
          {},
          clock,
        );
        await backend.start();
        await backend.flush(sampleFlush(1));
        await until(() => backend.problem !== undefined);
        expect(log).to.include(`ERROR backend mine ended: ${reason}; it is started again in 1 s`);
        let refusal = '';
        await backend.flush(sampleFlush(2)).catch((error: Error) => {
          refusal = error.message;
        });
        expect(refusal).to.equal(reason);
        clock.advance(1000);
        await until(() => backend.problem === undefined);
        await backend.flush(sampleFlush(3));
        await until(() => log.includes('INFO backend mine: took 3'));
        expect(log.filter((line) => line.endsWith('begun'))).to.have.length(2);
      });
    }

    it('by blocking, loses its thread and nothing else', async () => {
      const clock = new FakeClock();
      const backend = load(flushing('for (;;);'), {}, clock);
      await backend.start();
      const given = backend.flush(sampleFlush());
      const asked = backend.status();
      clock.advance(30_000);
      await given;
      expect(log).to.include('ERROR backend mine failed at a flush: no answer within 30 s');
      expect(await asked).to.deep.equal([]);
      await until(() => log.some((line) => line.includes('it is started again in 1 s')));
    });

    const beginnings: Readonly<Record<string, readonly [source: string, reason: string]>> = {
      'throws in init': ['exports.init = () => { throw new Error("not today"); };', 'not today'],
      'has no init': ['exports.start = () => true;', 'it has no function init'],
      'cannot be read': ['exports.init = (', 'Unexpected'],
      'needs what is not there': ['require("no-such-module");', "Cannot find module 'no-such-module'"],
    };
    for (const [how, [source, reason]] of Object.entries(beginnings)) {
      it(`as it ${how}, is said and tried again later`, async () => {
        const clock = new FakeClock();
        const backend = load(source, {}, clock);
        await backend.start();
        expect(backend.problem).to.include(reason);
        expect(log[0]).to.match(/^ERROR backend mine ended: .*; it is started again in 1 s$/s);
        clock.advance(1000);
        await until(() => log.length === 2);
        expect(log[1]).to.match(/it is started again in 2 s$/);
      });
    }

    it('as it refuses to start, is said and left alone, and nothing is kept for it', async () => {
      const backend = load('exports.init = () => false;');
      await backend.start();
      expect(log).to.deep.equal(['ERROR Failed to load backend: mine']);
      expect(backend.problem).to.equal('its init refused to start');
      await backend.flush(sampleFlush());
    });
  });
});

describe('the place of a backend module', () => {
  const folder = temporaryFolder();
  const write = (name: string): string => folder.write(name, '');

  it('is looked for from each folder in turn', () => {
    const path = write('mine.js');
    expect(resolveModule('./mine', ['/nowhere', folder.path])).to.equal(path);
    expect(resolveModule(path, [])).to.equal(path);
  });

  it("may be in statsd's own package", () => {
    expect(resolveModule('statsd/backends/graphite', [folder.path])).to.match(
      /statsd.backends.graphite\.js$/,
    );
  });

  it('is named when it is not found, with where it was looked for', () => {
    expect(() => resolveModule('no-such-backend', ['/a', '/b'])).to.throw(
      'backends: "no-such-backend" is not console, graphite or repeater, and no module of that name is found from /a or /b: correct it, or install it there with npm',
    );
  });
});
