import { expect } from 'chai';
import { ask } from './console-client.js';
import { consoleRig } from './console-rig.js';

const datagrams = [
  'a.b:1|c\na.c:2.5|c\nc:-3|c\n10:1|c\n2:1|c\n0.4:0.1|c\nuser-x;region=eu:1|c|@0.1\nx y/z:7|c|#k:v',
  't:1|ms\nt:2.5|ms|@0.1\nlong:0|ms',
  'h:12|g\nh:-3|g\nbig:1e21|g\nfrac:0.1|g\nfrac:+0.2|g',
];

/** What statsd 0.10.2 replied under Node 20 after those datagrams; its own counters had been deleted before. */
const recorded: readonly (readonly [command: string, reply: string])[] = [
  [
    'counters\n',
    "{\n  '2': 1,\n  '10': 1,\n  'a.b': 1,\n  'a.c': 2.5,\n  c: -3,\n  '0.4': 0.1,\n  'user-x;region=eu': 10,\n  'x_y-z;k=v': 7\n}\nEND\n\n",
  ],
  ['timers\r\n', '{ t: [ 1, 2.5 ], long: [ 0 ] }\nEND\n\n'],
  ['gauges', '{ h: 9, big: 1e+21, frac: 0.30000000000000004 }\nEND\n\n'],
  ['delcounters a.b c a.* zz\n', 'deleted: a.b\ndeleted: c\ndeleted: a.c\nmetric zz not found\nEND\n\n'],
  ['delgauges h nope\n', 'deleted: h\nmetric nope not found\nEND\n\n'],
  ['deltimers t\n', 'deleted: t\nEND\n\n'],
  ['delcounters .* 10\n', 'metric .* not found\ndeleted: 10\nEND\n\n'],
  ['counters\n', "{ '2': 1, '0.4': 0.1, 'user-x;region=eu': 10, 'x_y-z;k=v': 7 }\nEND\n\n"],
  ['gauges\n', '{ big: 1e+21, frac: 0.30000000000000004 }\nEND\n\n'],
  ['timers\n', '{ long: [ 0 ] }\nEND\n\n'],
  ['sets!\n', 'ERROR\n'],
  ['\n', 'ERROR\n'],
  ['health\n\n', 'health: up\n'],
  [
    ' help \n',
    'Commands: stats, counters, timers, gauges, delcounters, deltimers, delgauges, health, config, quit\n\n',
  ],
];

describe('the management console after the datagrams that statsd was given', () => {
  const held = consoleRig();

  it('replies as statsd did', async () => {
    const { rig } = held;
    for (const datagram of datagrams) rig.datagram(datagram);
    for (const [command, reply] of recorded) expect(await ask(rig.port, command), command).to.equal(reply);
  });

  // The table of statsd's own test of the console: what each pattern means among a.b, a.c and c.
  const meant: readonly (readonly [pattern: string, names: readonly string[]])[] = [
    ['d', []],
    ['a', []],
    ['c.a', []],
    ['c.*', []],
    ['', []],
    ['a.b', ['a.b']],
    ['c', ['c']],
    ['a.*', ['a.b', 'a.c']],
  ];
  for (const [pattern, names] of meant) {
    it(`takes ${JSON.stringify(pattern)} among a.b, a.c and c for ${names.length} names`, async () => {
      for (const name of ['a.b', 'a.c', 'c']) held.rig.record.counter(name, 1);
      const lines = names.map((name) => `deleted: ${name}\n`).join('') || `metric ${pattern} not found\n`;
      expect(await ask(held.rig.port, `delcounters ${pattern} zz\n`)).to.equal(
        `${lines}metric zz not found\nEND\n\n`,
      );
    });
  }
});
