import { expect } from 'chai';
import { localClock, localDate, localWindow, localZone, precisionOf } from '../../lib/report/local-time.js';
import { inZone } from '../query/zone.js';

const noon = Date.UTC(2026, 10, 24, 12, 0, 0);

describe('localWindow', () => {
  it('writes the date once when both ends share it', () => {
    inZone('Europe/Berlin', () => {
      const window = { sinceMs: noon, untilMs: noon + 3_600_000 };
      expect(localWindow(window)).to.equal('2026-11-24 13:00 – 14:00 UTC+01:00');
    });
  });

  it('writes both dates and seconds where they are needed', () => {
    inZone('Asia/Kolkata', () => {
      const window = { sinceMs: noon, untilMs: noon + 86_405_250 };
      expect(localWindow(window)).to.equal('2026-11-24 17:30:00 – 2026-11-25 17:30:05 UTC+05:30');
    });
  });

  it('writes both offsets of a window with a clock change', () => {
    inZone('America/New_York', () => {
      const window = { sinceMs: Date.UTC(2026, 10, 1, 4), untilMs: Date.UTC(2026, 10, 1, 12) };
      expect(localWindow(window)).to.equal('2026-11-01 00:00 UTC-04:00 – 07:00 UTC-05:00');
    });
  });
});

describe('local times', () => {
  it('are those of the zone of the machine', () => {
    inZone('UTC', () => {
      expect(localZone(noon)).to.equal('UTC');
      expect(localDate(noon - 43_200_001)).to.equal('2026-11-23');
    });
    inZone('Asia/Tokyo', () => {
      expect(localZone(noon)).to.equal('UTC+09:00');
      expect(localClock(noon + 61_005, 'milliseconds')).to.equal('21:01:01.005');
    });
  });

  it('are as precise as the instants ask for', () => {
    expect(precisionOf([noon, noon + 60_000])).to.equal('minutes');
    expect(precisionOf([noon, noon + 10_000])).to.equal('seconds');
    expect(precisionOf([noon + 10_000, noon + 250])).to.equal('milliseconds');
  });
});
