import { expect } from 'chai';
import { databaseFindings, type Writer } from '../../../lib/cli/doctor/database-findings.js';
import type { Finding } from '../../../lib/cli/doctor/finding.js';
import { buckets } from '../../query/samples.js';
import { sharedDatabase } from '../report/paper.js';

describe('what the doctor says of the flushes in a database', () => {
  const endMs = Date.UTC(2026, 10, 24, 12);
  const file = sharedDatabase([], buckets(endMs - 60_000, 6, 10_000));
  const well: Writer = { sinceMs: endMs - 60_000, problems: [] };

  async function flushes(laterMs: number, writer?: Writer): Promise<Finding | undefined> {
    const findings = await databaseFindings(file.path, endMs + laterMs, writer);
    return findings.find(({ subject }) => subject === 'flushes');
  }

  it('is a fault when the server that has the file finds itself well, and the newest is old', async () => {
    const found = await flushes(300_000, well);
    expect(found?.level).to.equal('fault');
    expect(found?.text).to.equal(
      'the newest is 5 min old, though a server has this file and finds itself well',
    );
    expect(found?.remedy).to.match(/^see the log of the server; .* start goodall anew$/);
    expect((await flushes(3 * 86_400_000, well))?.text).to.match(/^none was written within a day, though /);
  });

  it('is a note when the server says why, has just begun, or is not there', async () => {
    const ill = await flushes(300_000, { ...well, problems: ['the database is not writable: disk full'] });
    expect([ill?.level, ill?.remedy]).to.deep.equal(['note', 'the server says why, above']);
    const begun = await flushes(300_000, { ...well, sinceMs: endMs + 299_000 });
    expect([begun?.level, begun?.remedy]).to.deep.equal([
      'note',
      'a server has this file: look again in a minute',
    ]);
    const none = await flushes(300_000);
    expect([none?.level, none?.text]).to.deep.equal(['note', 'the newest is 5 min old']);
    expect(none?.remedy).to.match(/^is a server running/);
  });

  it('is well with a fresh one, and a fault with one of the future', async () => {
    expect((await flushes(20_000, well))?.level).to.equal('ok');
    expect((await flushes(-600_000, well))?.level).to.equal('fault');
  });
});
