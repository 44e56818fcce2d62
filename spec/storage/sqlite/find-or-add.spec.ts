import { expect } from 'chai';
import { findOrAdd } from '../../../lib/storage/sqlite/find-or-add.js';
import { openForWriting } from '../../../lib/storage/sqlite/open-writing.js';
import { temporaryFolder } from '../../support/temporary.js';

const tags = { name: 'tag', columns: ['key', 'value'] };

describe('finding or adding rows', () => {
  const directory = temporaryFolder();

  it('gives every distinct row one id, and finds it again', async () => {
    const owner = await openForWriting(directory.file('ids.db'));
    try {
      const rows = [
        ['env', 'prod'],
        ['env', ''],
        ['env', 'prod'],
        ['1', '2'],
      ];
      const first = await owner.transaction((session) => findOrAdd(session, tags, rows));
      expect(first).to.deep.equal({ ids: [1, 2, 1, 3], added: [0, 1, 3] });
      const more = [['new', 'one'], ...rows, ['new', 'one']];
      const second = await owner.transaction((session) => findOrAdd(session, tags, more));
      expect(second).to.deep.equal({ ids: [4, 1, 2, 1, 3, 4], added: [0] });
    } finally {
      await owner.close();
    }
  });

  it('keeps any text as it is, but for half a character', async () => {
    const owner = await openForWriting(directory.file('texts.db'));
    const texts = ['', '1', '1e3', '"', '\\ud800', '\n\t\u0000\u007f', 'é😀\u2028', 'null', '[1]'];
    try {
      const rows = [...texts, 'a\ud800b'].map((text) => [text, text]);
      await owner.transaction((session) => findOrAdd(session, tags, rows));
      const again = await owner.transaction((session) => findOrAdd(session, tags, rows));
      expect(again.added).to.deep.equal([]);
      const stored = await owner.all<{ hex: string }>('SELECT hex(value) AS hex FROM tag ORDER BY id');
      expect(stored.map(({ hex }) => Buffer.from(hex, 'hex').toString())).to.deep.equal([
        ...texts,
        'a\ufffdb',
      ]);
    } finally {
      await owner.close();
    }
  });
});
