import { expect } from 'chai';
import { Commands } from '../../lib/admin/commands.js';
import { ask } from './console-client.js';
import { consoleRig } from './console-rig.js';

const end = 'END\n\n';

/** What statsd 0.10.2 printed for the values 0 to 129 of one timer. */
const longTimer = `{
  many: [
     0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11,
    12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
    24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35,
    36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
    48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59,
    60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71,
    72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83,
    84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95,
    96, 97, 98, 99,
    ... 30 more items
  ]
}
`;

describe('the commands of the management console', () => {
  const held = consoleRig();
  const reply = (...segments: readonly string[]) => ask(held.rig.port, ...segments);

  it('lists statsd’s commands for help', async () => {
    expect(await reply('help\n')).to.equal(
      'Commands: stats, counters, timers, gauges, delcounters, deltimers, delgauges, health, config, quit\n\n',
    );
  });

  it('tells the health and sets it', async () => {
    expect(await reply('health\n')).to.equal('health: up\n');
    expect(await reply('health down\n')).to.equal('health: down\n');
    expect(held.rig.health.status).to.equal('down');
    expect(await reply('health sideways\n')).to.equal('health: down\n');
    expect(await reply('health UP\r\n')).to.equal('health: up\n');
    held.rig.health.status = 'down';
    expect(await reply('health\n')).to.equal('health: down\n');
  });

  it('prints stats, those that start with last_ as ages', async () => {
    const { rig } = held;
    const nowSeconds = rig.clock.now() / 1000;
    rig.stats = [
      { group: 'messages', name: 'last_msg_seen', value: nowSeconds + 5 },
      { group: 'messages', name: 'bad_lines_seen', value: 3 },
      { group: 'console', name: 'lastFlush', value: 1_795_500_381 },
      { group: 'graphite', name: 'flush_time', value: 0.25 },
    ];
    rig.clock.advance(12_000);
    expect(await reply('stats\n')).to.equal(
      `uptime: 12\nmessages.last_msg_seen: 7\nmessages.bad_lines_seen: 3\nconsole.lastFlush: 1795500381\ngraphite.flush_time: 0.25\n${end}`,
    );
  });

  it('does not take a step of the wall clock for uptime', async () => {
    held.rig.clock.advance(4_000);
    held.rig.clock.step(-3_600_000);
    expect(await reply('stats\n')).to.equal(`uptime: 4\n${end}`);
  });

  it('prints the configuration, what holds more values a line each', async () => {
    held.rig.config = {
      port: 18125,
      address: '127.0.0.1',
      backends: ['./backends/console'],
      graphite: { legacyNamespace: false, x: null },
      arr: [1, 2],
      empty: {},
      nul: null,
      und: undefined,
      keyNameSanitize: true,
    };
    expect(await reply('config\n')).to.equal(
      '\nport: 18125\naddress: 127.0.0.1\nbackends > 0: ./backends/console\ngraphite > legacyNamespace: false\ngraphite > x: null\narr > 0: 1\narr > 1: 2\nund: undefined\nkeyNameSanitize: true\n',
    );
  });

  it('prints nothing held as an empty object', async () => {
    for (const kind of ['counters', 'timers', 'gauges', 'sets']) {
      expect(await reply(`${kind}\n`)).to.equal(`{}\n${end}`);
      expect(await reply(`json ${kind}\n`)).to.equal('{}\n');
    }
  });

  it('prints counters as statsd does, names of digits first', async () => {
    const { record } = held.rig;
    record.counter('a.b', 1);
    record.counter('a.c', 2.5);
    record.counter('c', -3);
    record.counter('10', 1);
    record.counter('2', 1);
    record.counter('0.4', 0.1);
    record.counter('user-x', 10, [{ key: 'region', value: 'eu' }]);
    expect(await reply('counters\n')).to.equal(
      `{\n  '2': 1,\n  '10': 1,\n  'a.b': 1,\n  'a.c': 2.5,\n  c: -3,\n  '0.4': 0.1,\n  'user-x;region=eu': 10\n}\n${end}`,
    );
  });

  it('prints gauges as statsd does, minus zero and floating point included', async () => {
    const { record } = held.rig;
    record.gauge('g', -0);
    record.gauge('h', 12);
    record.gauge('h', -3, true);
    record.gauge('big', 1e21);
    record.gauge('frac', 0.1);
    record.gauge('frac', 0.2, true);
    expect(await reply('gauges\n')).to.equal(
      `{ g: -0, h: 9, big: 1e+21, frac: 0.30000000000000004 }\n${end}`,
    );
  });

  it('prints timers as statsd does, the first hundred values of each', async () => {
    held.rig.record.timer('many', [...Array(130).keys()]);
    expect(await reply('timers\n')).to.equal(longTimer + end);
    held.rig.record.timer('t', [1, 2.5]);
    expect(await reply('deltimers many\n')).to.equal(`deleted: many\n${end}`);
    expect(await reply('timers\n')).to.equal(`{ t: [ 1, 2.5 ] }\n${end}`);
  });

  it('prints the number of members of sets', async () => {
    held.rig.record.set('users', ['ann', 'bob', 'ann']);
    expect(await reply('sets\n')).to.equal(`{ users: 2 }\n${end}`);
  });

  it('prints each kind as one line of JSON', async () => {
    const { record } = held.rig;
    record.counter('a "b"', 1.5);
    record.gauge('g', -2);
    record.timer('t', [3, 1, 2]);
    record.set('s', ['x']);
    expect(await reply('json counters\n')).to.equal('{"a \\"b\\"":1.5}\n');
    expect(await reply('json gauges\n')).to.equal('{"g":-2}\n');
    expect(await reply('json timers\n')).to.equal('{"t":[3,1,2]}\n');
    expect(await reply('json sets\n')).to.equal('{"s":1}\n');
  });

  it('takes names of JavaScript for names', async () => {
    const { record } = held.rig;
    for (const name of ['__proto__', 'constructor', 'toString']) {
      record.counter(name, 1);
      record.timer(name, [1]);
    }
    expect(await reply('counters\n')).to.equal(`{ ['__proto__']: 1, constructor: 1, toString: 1 }\n${end}`);
    expect(await reply('json timers\n')).to.equal('{"__proto__":[1],"constructor":[1],"toString":[1]}\n');
    expect(await reply('delcounters toString valueOf __proto__\n')).to.equal(
      `deleted: toString\nmetric valueOf not found\ndeleted: __proto__\n${end}`,
    );
    expect(await reply('counters\n')).to.equal(`{ constructor: 1 }\n${end}`);
  });

  it('deletes by name and by folder, and says what it did not find', async () => {
    const { record } = held.rig;
    for (const name of ['a.b', 'a.c', 'd']) record.counter(name, 1);
    expect(await reply('delcounters e\n')).to.equal(`metric e not found\n${end}`);
    expect(await reply('delcounters a.b\n')).to.equal(`deleted: a.b\n${end}`);
    record.counter('a.b', 1);
    expect(await reply('delcounters a.*\n')).to.equal(`deleted: a.c\ndeleted: a.b\n${end}`);
    expect(await reply('counters\n')).to.equal(`{ d: 1 }\n${end}`);
    expect(await reply('delcounters a.b d d\n')).to.equal(
      `metric a.b not found\ndeleted: d\nmetric d not found\n${end}`,
    );
  });

  it('deletes each kind by its own command only', async () => {
    const { record } = held.rig;
    record.counter('x', 1);
    record.gauge('x', 2);
    record.timer('x', [3]);
    expect(await reply('delgauges x\n')).to.equal(`deleted: x\n${end}`);
    expect(await reply('deltimers y\n')).to.equal(`metric y not found\n${end}`);
    expect(await reply('counters\ngauges\ntimers\n')).to.equal(
      `{ x: 1 }\n${end}{}\n${end}{ x: [ 3 ] }\n${end}`,
    );
    record.gauge('x', 5, true);
    expect(await reply('gauges\n')).to.equal(`{ x: 5 }\n${end}`);
  });

  it('takes two blanks for an empty name between them, and no name for nothing to delete', async () => {
    expect(await reply('delcounters a  b\n')).to.equal(
      `metric a not found\nmetric  not found\nmetric b not found\n${end}`,
    );
    expect(await reply('delgauges\n')).to.equal(end);
  });

  it('deletes names that are not ASCII', async () => {
    held.rig.record.counter('größe', 1);
    expect(await reply('delcounters größe\n')).to.equal(`deleted: größe\n${end}`);
  });

  it('answers ERROR to anything else', async () => {
    for (const line of ['', 'HELP', 'nonsense', 'health\tup', 'json', 'json stats', 'json Counters']) {
      expect(await reply(`${line}\n`), line).to.equal('ERROR\n');
    }
  });

  it('ignores words behind a command that takes none', async () => {
    expect(await reply('counters please\n')).to.equal(`{}\n${end}`);
  });

  it('closes the connection for quit, whatever follows it', async () => {
    expect(await reply('health\nquit now\nhealth\n')).to.equal('health: up\n');
  });

  it('stops a dump when nobody is there to read it', async () => {
    const { rig } = held;
    for (let i = 0; i < 5_000; i++) rig.record.counter(`n${i}`, i);
    const commands = new Commands({
      view: rig.view,
      health: rig.health,
      stats: () => [],
      config: () => ({}),
      clock: rig.clock,
    });
    let written = 0;
    const output = {
      get isOpen() {
        return written < 3;
      },
      write: async () => {
        written += 1;
      },
      end: () => {},
    };
    await commands.run('counters', output);
    expect(written).to.equal(3);
  });

  it('answers ERROR when the server cannot tell, and goes on', async () => {
    held.rig.view.counters = () => Promise.reject(new Error('worker is gone'));
    expect(await reply('counters\nhealth\n')).to.equal('ERROR\nhealth: up\n');
    expect(held.rig.log).to.deep.equal(['WARN management console: a command failed: worker is gone\n']);
  });
});
