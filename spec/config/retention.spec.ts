import { expect } from 'chai';
import { loadConfig } from '../../lib/config/load.js';
import { defaultRetention, durationText, parseRetention, retentionText } from '../../lib/config/retention.js';
import { ConfigError } from '../../lib/errors.js';

describe('a retention', () => {
  it("is read in Graphite's notation", () => {
    expect(parseRetention('10s:24h, 1m:30d,1h:2y')).to.deep.equal([
      { stepMs: 10_000, keepMs: 86_400_000 },
      { stepMs: 60_000, keepMs: 30 * 86_400_000 },
      { stepMs: 3_600_000, keepMs: 2 * 365 * 86_400_000 },
    ]);
    expect(parseRetention('100ms:1w')).to.deep.equal([{ stepMs: 100, keepMs: 7 * 86_400_000 }]);
  });

  it('is refused where a tier does not build on the one before, or is no tier', () => {
    const wrong = [
      ...[
        '',
        ',',
        '10s',
        '10s:',
        ':24h',
        '10:24',
        '10s:24h,',
        '10s:24h:1m',
        '-10s:24h',
        '1.5s:1h',
        '10S:24h',
      ],
      ...[
        '10s:24h,10s:30d',
        '10s:24h,15s:30d',
        '1m:24h,10s:30d',
        '10s:24h,1m:1h',
        '10s:5s',
        '7s:24h',
        '0s:1h',
      ],
      ...[
        '10s:101y',
        '2d:1y',
        '10s:24h;1m:30d',
        '1s:1h,2s:1h,4s:1h,8s:1h,16s:1h,32s:1h,64s:1h,128s:1h,256s:1h',
      ],
    ];
    for (const text of wrong) expect(parseRetention(text), text).to.equal(undefined);
  });

  it('is written as it is read', () => {
    for (const text of [
      '10s:24h,1m:30d,1h:2y',
      '100ms:90m',
      '2s:48h,1m:3d',
      '500ms:1500ms',
      '1h:100y',
      '24h:1y',
    ]) {
      expect(retentionText(parseRetention(text) ?? [])).to.equal(text);
    }
    expect(durationText(90_000)).to.equal('90s');
  });

  it('follows the flush interval where nothing is said', () => {
    const texts = [100, 2000, 10_000, 45_000, 60_000, 300_000, 2_700_000, 3_600_000].map((ms) =>
      retentionText(defaultRetention(ms)),
    );
    expect(texts).to.deep.equal([
      '100ms:24h,1m:30d,1h:2y',
      '2s:24h,1m:30d,1h:2y',
      '10s:24h,1m:30d,1h:2y',
      '45s:24h,3m:30d,1h:2y',
      '1m:30d,1h:2y',
      '5m:30d,1h:2y',
      '45m:30d,3h:2y',
      '1h:2y',
    ]);
  });

  it('is a retention of the kind that can be given, for every flush interval', () => {
    for (let ms = 100; ms <= 3_600_000; ms += 100) {
      if (86_400_000 % ms !== 0) continue;
      const text = retentionText(defaultRetention(ms));
      expect(parseRetention(text), text).to.deep.equal(defaultRetention(ms));
    }
  });

  it('has the flush interval as its first step, or the server does not start', async () => {
    const flags = { 'flush-interval': '2000' };
    const { config } = await loadConfig({ flags, env: {}, file: undefined });
    expect(retentionText(config.retention)).to.equal('2s:24h,1m:30d,1h:2y');
    const env = { GOODALL_RETENTION: '10s:24h' };
    const outcome = await loadConfig({ flags, env, file: undefined }).catch((error: Error) => error);
    expect(outcome).to.be.instanceOf(ConfigError);
    expect((outcome as Error).message)
      .to.contain('10s (from GOODALL_RETENTION)')
      .and.contain('2s (from --flush-interval)');
    expect((await loadConfig({ flags: {}, env, file: undefined })).config.retention).to.have.lengthOf(1);
  });
});
