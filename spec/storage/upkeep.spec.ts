import { expect } from 'chai';
import { Upkeep } from '../../lib/storage/upkeep.js';
import { FakeClock } from '../support/fake-clock.js';

describe('the upkeep of a store', () => {
  const logger = (lines: string[]) => ({
    error: () => {},
    info: () => {},
    debug: () => {},
    warn: (line: string) => void lines.push(line),
  });

  it('goes on part by part until nothing is due, and not twice at once', async () => {
    const warnings: string[] = [];
    let parts = 0;
    let running = 0;
    const maintain = async (): Promise<boolean> => {
      running += 1;
      expect(running).to.equal(1);
      await Promise.resolve();
      running -= 1;
      parts += 1;
      return parts % 5 !== 0;
    };
    const upkeep = new Upkeep({ store: { maintain }, clock: new FakeClock(1000), logger: logger(warnings) });
    upkeep.wake();
    upkeep.wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(parts).to.equal(5);
    upkeep.wake();
    await upkeep.stop();
    upkeep.wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(parts).to.equal(6);
    expect(warnings).to.deep.equal([]);
  });

  it('says once why it cannot go on, and tries again when it is woken', async () => {
    const warnings: string[] = [];
    let tries = 0;
    const maintain = async (): Promise<boolean> => {
      tries += 1;
      throw new Error('the disk is full');
    };
    const upkeep = new Upkeep({ store: { maintain }, clock: new FakeClock(1000), logger: logger(warnings) });
    for (let i = 0; i < 3; i += 1) {
      upkeep.wake();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(tries).to.equal(3);
    expect(warnings).to.have.lengthOf(1);
    expect(warnings[0]).to.contain('the disk is full');
  });
});
