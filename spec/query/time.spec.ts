import { expect } from 'chai';
import { UsageError } from '../../lib/errors.js';
import { parseDuration, parseInstant, parseWindow } from '../../lib/query/time.js';
import { inZone } from './zone.js';

const now = Date.UTC(2026, 10, 24, 12, 0, 0);
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe('parseDuration', () => {
  for (const [text, ms] of [
    ['250ms', 250],
    ['90s', 90_000],
    ['15m', 15 * minute],
    ['1h', hour],
    ['24h', day],
    ['7d', 7 * day],
    ['2w', 14 * day],
    ['1.5h', 90 * minute],
    ['1h30m', 90 * minute],
    ['0s', 0],
  ] as const) {
    it(`reads ${text}`, () => {
      expect(parseDuration(text)).to.equal(ms);
    });
  }

  for (const text of ['', '1', 'h', '1 h', '-1h', '1y', '1h ', '1H', '.5h', '1h-2m', '1e3s']) {
    it(`takes ${JSON.stringify(text)} for no duration`, () => {
      expect(parseDuration(text)).to.equal(undefined);
    });
  }
});

describe('parseInstant', () => {
  const at = (text: string): number => parseInstant('--since', text, now);

  it('takes now and durations relative to the present', () => {
    expect(at('now')).to.equal(now);
    expect(at('90s')).to.equal(now - 90_000);
    expect(at('2w')).to.equal(now - 14 * day);
  });

  it('takes a duration that reaches beyond the epoch for the beginning', () => {
    expect(at('9999w')).to.equal(0);
  });

  it('reads times with a zone', () => {
    const expected = Date.UTC(2026, 10, 20, 13, 0, 0);
    for (const text of [
      '2026-11-20T13:00Z',
      '2026-11-20T13:00:00Z',
      '2026-11-20T13:00:00.000z',
      '2026-11-20 13:00 Z',
      '2026-11-20T14:00+01:00',
      '2026-11-20T14:00+0100',
      '2026-11-20T14:00+01',
      '2026-11-20T07:30-05:30',
    ]) {
      expect(at(text), text).to.equal(expected);
    }
    expect(at('2026-11-20T13:00:00.1234Z')).to.equal(expected + 123);
  });

  it('takes times without a zone as local ones, on both sides of a clock change', () => {
    inZone('Europe/Berlin', () => {
      expect(at('2026-11-20T14:00')).to.equal(Date.UTC(2026, 10, 20, 13));
      expect(at('2026-07-20 14:00:30')).to.equal(Date.UTC(2026, 6, 20, 12, 0, 30));
      expect(at('2026-11-20')).to.equal(Date.UTC(2026, 10, 19, 23));
    });
  });

  it('reads days and times of day in words, as local ones', () => {
    inZone('Europe/Berlin', () => {
      for (const [text, expected] of [
        ['today', Date.UTC(2026, 10, 23, 23)],
        ['yesterday', Date.UTC(2026, 10, 22, 23)],
        ['yesterday 14:00', Date.UTC(2026, 10, 23, 13)],
        ['Yesterday at 9:05:30', Date.UTC(2026, 10, 23, 8, 5, 30)],
        ['12:30', Date.UTC(2026, 10, 24, 11, 30)],
        ['13:30', Date.UTC(2026, 10, 23, 12, 30)],
        ['tuesday', Date.UTC(2026, 10, 23, 23)],
        ['wed 8:00', Date.UTC(2026, 10, 18, 7)],
        ['90 minutes ago', now - 90 * minute],
        ['1 hour', now - hour],
        ['2h ago', now - 2 * hour],
        ['3 days', now - 3 * day],
      ] as const) {
        expect(at(text), text).to.equal(expected);
      }
    });
  });

  for (const text of ['yesterday 25:00', 'someday', 'tomorrow', '14:60', 'we 8:00', '', 'yesterday14:00']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => at(text)).to.throw(UsageError, /--since: cannot read/);
    });
  }

  it('reads Unix seconds', () => {
    expect(at('1763985600')).to.equal(1_763_985_600_000);
    expect(at('1763985600.25')).to.equal(1_763_985_600_250);
  });

  it('asks for the unit of a bare small number', () => {
    expect(() => at('90')).to.throw(UsageError, /--since: 90 has no unit; give a duration such as 90s/);
  });

  for (const text of [
    '',
    'yestermorn',
    '2026-13-01',
    '2026-02-30',
    '2026-11-20T24:00',
    '2026-11-20T12:60',
    '2026-11-20T12',
    '20261120',
    '1969-12-31T23:59Z',
    '1763985600000',
    '-1h',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => at(text)).to.throw(UsageError, /--since/);
    });
  }
});

describe('parseWindow', () => {
  it('is the last hour by default', () => {
    expect(parseWindow(undefined, undefined, now)).to.deep.equal({ sinceMs: now - hour, untilMs: now });
  });

  it('is the hour before an end that stands alone', () => {
    expect(parseWindow(undefined, '1d', now)).to.deep.equal({
      sinceMs: now - day - hour,
      untilMs: now - day,
    });
  });

  it('refuses a start that is not before the end', () => {
    expect(() => parseWindow('1h', '2h', now)).to.throw(UsageError, /must be before --until/);
    expect(() => parseWindow('now', 'now', now)).to.throw(UsageError);
  });
});
