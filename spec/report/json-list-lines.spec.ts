import { expect } from 'chai';
import { jsonListLines, jsonText } from '../../lib/report/json-text.js';

describe('a JSON document of one long list', () => {
  const head = { since: 'now', deep: { a: [1, 2] } };
  const items = [{ name: 'a\nb', tags: {} }, [], 5, { list: [{ x: 1 }] }];
  const text = async (some: Iterable<unknown> | AsyncIterable<unknown>, tail?: object): Promise<string> => {
    const lines: string[] = [];
    for await (const line of jsonListLines(head, 'series', some, tail)) lines.push(line);
    return lines.join('\n');
  };

  it('is the text of the document as a whole', async () => {
    for (const count of [0, 1, 4]) {
      const series = items.slice(0, count);
      expect(await text(series)).to.equal(jsonText({ ...head, series }, 2));
      expect(await text(series, { end: [1] })).to.equal(jsonText({ ...head, series, end: [1] }, 2));
    }
  });

  it('is written before all of the list is read', async () => {
    let read = 0;
    async function* reading(): AsyncGenerator<unknown> {
      for (const item of items) {
        read += 1;
        yield item;
      }
    }
    const lines = jsonListLines(head, 'series', reading());
    await lines.next();
    expect(read).to.equal(1);
    await lines.next();
    expect(read).to.equal(2);
    await lines.return(undefined);
  });
});
