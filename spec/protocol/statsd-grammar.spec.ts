import { expect } from 'chai';
import fc from 'fast-check';
import { readIdentity } from '../../lib/protocol/identity.js';
import { LineParser, Outcome } from '../../lib/protocol/line.js';
import { acceptedRows, rejectedRows } from '../support/protocol-rows.js';
import { readMetric } from '../support/read-metric.js';
import { readAsStatsd } from '../support/statsd-reading.js';

const options = { dialect: 'statsd', sanitizeNames: true } as const;
const parser = new LineParser(options);

/** A rate behind tags is honoured here and lost by statsd. */
const rateBehindTags = /\|#.*\|@/s;

function expectAsStatsd(text: string): void {
  const { key, bits, bad } = readAsStatsd(text);
  const bytes = Buffer.from(text);
  const outcome = parser.parse(bytes, 0, bytes.length);
  expect(outcome, text).to.equal(bits.length > 0 ? Outcome.Metric : Outcome.Rejected);
  expect(parser.rejectedBits, text).to.equal(bad);
  const { samples, ...line } = readMetric(parser, options);
  expect(samples, text).to.deep.equal(bits);
  expect([line.timestampSeconds, line.unknownFields], text).to.deep.equal([0, 0]);
  if (outcome !== Outcome.Metric) return;
  const [name, ...tags] = key.split(';').filter((piece, i) => i === 0 || piece !== '');
  const read = readIdentity(parser.line, options);
  expect(read.name, text).to.equal(name);
  const spelt = tags.map((tag) => (tag.includes('=') ? tag : `${tag}=`));
  expect(new Set(read.tags.map((tag) => `${tag.key}=${tag.value}`)), text).to.deep.equal(new Set(spelt));
}

const pieces = [
  'foo',
  'a b',
  ':',
  ':',
  ':',
  '|',
  '|',
  '|c',
  '|ms',
  '|g',
  '|s',
  '|h',
  '|#',
  '@',
  '|@0.5',
  '|@',
  'ms',
  'c',
  ' ',
]
  .concat([
    '1',
    '2.5',
    '-3',
    '+4',
    '0',
    '0x1f',
    '1e3',
    'Infinity',
    'NaN',
    '.',
    'x',
    ',',
    ';',
    '=',
    '/',
    '\r',
    '\u00a0',
    'é',
  ])
  .concat(['k:v', 'k=v', '_e{1,1}:', '_sc|', '1|c', ':1|c', ':7|ms', ':-5|g', ':x|s', ':|s']);

describe('the dialect statsd', () => {
  it('reads its lines of the tables as statsd does', () => {
    const rows = [...acceptedRows(), ...rejectedRows()].filter(
      ({ dialect, sanitizeNames, bytes }) => dialect === 'statsd' && sanitizeNames && bytes.length < 1000,
    );
    const texts = rows
      .map(({ bytes }) => Buffer.from(bytes).toString())
      .filter((text) => !rateBehindTags.test(text));
    expect(texts).to.have.length.above(250);
    for (const text of texts) expectAsStatsd(text);
  });

  it('reads any line as statsd does', () => {
    const line = fc
      .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 14 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(line, (text) => {
        fc.pre(!rateBehindTags.test(text));
        expectAsStatsd(text);
      }),
      { numRuns: 5000 },
    );
  });
});
