import { expect } from 'chai';
import {
  address,
  dayDivisorMs,
  decimal,
  durationMs,
  type Kind,
  nameOf,
  oneOf,
  onOff,
  path,
  port,
  wholeNumber,
} from '../../lib/config/kinds.js';

/** What a kind reads (given, meant) and what it refuses. */
interface Case {
  readonly kind: Kind<unknown>;
  readonly reads: readonly (readonly [unknown, unknown])[];
  readonly refuses: readonly unknown[];
}

/** Nothing but text, numbers and booleans is ever a value. */
const never: readonly unknown[] = [null, undefined, [], [1], ['true'], {}, { port: 1 }];

const cases: Readonly<Record<string, Case>> = {
  port: {
    kind: port,
    reads: [
      ['0', 0],
      ['8125', 8125],
      ['65535', 65_535],
      [0, 0],
      [65_535, 65_535],
    ],
    refuses: [
      '65536',
      '-1',
      '+1',
      '1.0',
      '1e3',
      '0x10',
      '',
      ' ',
      '80 ',
      ' 80',
      '80\n',
      'http',
      true,
      -1,
      1.5,
    ],
  },
  'whole number': {
    kind: wholeNumber('a number of bytes', 4096, 1_073_741_823),
    reads: [
      ['4096', 4096],
      [1_073_741_823, 1_073_741_823],
    ],
    refuses: ['4095', 1_073_741_824, '16MiB', '1_000_000', Number.NaN, Number.POSITIVE_INFINITY],
  },
  decimal: {
    kind: decimal('a relative accuracy', 0.001, 0.1),
    reads: [
      ['0.01', 0.01],
      ['.05', 0.05],
      [0.001, 0.001],
      [0.1, 0.1],
    ],
    refuses: ['0', '0.0009', '0.11', '1%', '1e-2', '-0.01', '.', '', Number.NaN, false],
  },
  duration: {
    kind: durationMs('a probe interval', 100, 3_600_000),
    reads: [
      ['100', 100],
      ['7000', 7000],
      [3_600_000, 3_600_000],
    ],
    refuses: ['99', '3600001', '10s', 99.5],
  },
  'duration that divides a day': {
    kind: dayDivisorMs('a flush interval', 100, 3_600_000),
    reads: [
      ['100', 100],
      ['1000', 1000],
      ['15000', 15_000],
      [3_600_000, 3_600_000],
    ],
    refuses: ['7000', '99', 11_000, 3_599_999, 7_200_000],
  },
  address: {
    kind: address,
    reads: [
      ['0.0.0.0', '0.0.0.0'],
      ['127.0.0.1', '127.0.0.1'],
      ['::', '::'],
      ['fe80::1%eth0', 'fe80::1%eth0'],
      ['localhost', '127.0.0.1'],
    ],
    refuses: ['', '*', '[::1]', '127.0.0.1:8125', '256.0.0.1', '127.1', 'example.org', 0, true],
  },
  path: {
    kind: path,
    reads: [
      ['goodall.db', 'goodall.db'],
      ['/var/lib/with blank/é.db', '/var/lib/with blank/é.db'],
    ],
    refuses: ['', 'a\0b', 5, false],
  },
  name: {
    kind: nameOf('a name of a server', 5),
    reads: [
      ['a', 'a'],
      ['web 1', 'web 1'],
      ['été', 'été'],
    ],
    refuses: ['', 'sixsix', ' a', 'a ', 'a\tb', 'a\n', '\x7f', 12],
  },
  switch: {
    kind: onOff,
    reads: [
      ...['true', 'yes', 'on', '1', 'TRUE', 'On', true, 1].map((given) => [given, true] as const),
      ...['false', 'no', 'off', '0', 'False', 'NO', false, 0].map((given) => [given, false] as const),
    ],
    refuses: ['', 'y', 'n', 'maybe', ' true', 2, 'constructor', '__proto__'],
  },
  'one of some words': {
    kind: oneOf('a dialect', ['goodall', 'statsd', 'dogstatsd']),
    reads: [['statsd', 'statsd']],
    refuses: ['', 'Statsd', 'stats', 'statsd ', 0, true],
  },
};

describe('the kinds of option values', () => {
  for (const [name, { kind, reads, refuses }] of Object.entries(cases)) {
    it(`${name}: reads what is allowed`, () => {
      for (const [given, meant] of reads) expect(kind.read(given), JSON.stringify(given)).to.equal(meant);
    });

    it(`${name}: refuses everything else`, () => {
      for (const given of [...refuses, ...never]) {
        expect(kind.read(given), JSON.stringify(given)).to.equal(undefined);
      }
    });
  }

  it('says in words what is allowed', () => {
    expect(port.allowed).to.equal('a whole number from 0 to 65535');
    expect(oneOf('a dialect', ['goodall', 'statsd', 'dogstatsd']).allowed).to.equal(
      'goodall, statsd or dogstatsd',
    );
  });
});
