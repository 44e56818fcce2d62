import { existsSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { command } from '../../lib/cli/report/export.js';
import { SqliteStore } from '../../lib/storage/sqlite/store.js';
import { Paper } from '../cli/report/paper.js';
import { counter, counterKey, flushOf, point } from '../contract/flushes.js';
import { run } from '../support/program.js';
import { temporaryFolder } from '../support/temporary.js';

describe('goodall-report export and import', () => {
  const folder = temporaryFolder();

  it('make a database like the one exported', async () => {
    const db = folder.file('a.db');
    const store = await SqliteStore.open(db);
    await store.write(flushOf({ points: [point(counterKey('hits'), counter(3))] }));
    await store.close();
    const first = await run('goodall-report', ['export', '--db', db]);
    expect(first.code, first.stderr).to.equal(0);
    writeFileSync(folder.file('a.jsonl'), first.stdout);
    const copy = folder.file('b.db');
    const made = await run('goodall-report', ['import', '--db', copy, folder.file('a.jsonl')]);
    expect(made.code, made.stderr).to.equal(0);
    expect((await run('goodall-report', ['export', '--db', copy])).stdout).to.equal(first.stdout);
    const again = await run('goodall-report', ['import', '--db', copy, folder.file('a.jsonl')]);
    expect(again.code).to.equal(1);
  });

  it('read no further than somebody reads what they write', async () => {
    const db = folder.file('long.db');
    const store = await SqliteStore.open(db);
    const points = Array.from({ length: 3000 }, (_, i) => point(counterKey(`hits.${i}`), counter(3)));
    await store.write(flushOf({ points }));
    await store.close();
    const written: string[] = [];
    const terminal = new Paper();
    terminal.write = async (text) => written.push(text) < 2;
    const code = await command.run({ operands: [], options: { db } }, terminal, Date.now());
    expect(code).to.equal(0);
    expect(written).to.have.lengthOf(2);
  });

  it('say what is wrong', async () => {
    const db = folder.file('c.db');
    expect((await run('goodall-report', ['export', '--db', db])).code).to.equal(1);
    expect((await run('goodall-report', ['import', '--db', db, folder.file('none')])).code).to.equal(64);
    expect((await run('goodall-report', ['import'])).code).to.equal(64);
    writeFileSync(folder.file('x'), 'x\n');
    expect((await run('goodall-report', ['import', '--db', db, folder.file('x')])).code).to.equal(2);
    expect(existsSync(db)).to.equal(false);
  });
});
