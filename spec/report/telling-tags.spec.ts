import { expect } from 'chai';
import { inOrderOf, tellingKeys } from '../../lib/report/telling-tags.js';
import { tagsOf } from './sample-report.js';

describe('the tags that tell series apart', () => {
  const all = [
    'area=x env=prod host=web1 route=/cart service=web',
    'area=x env=prod host=web1 route=/login service=web',
    'area=x env=prod host=web2 route=/cart service=web',
    'area=x env=test host=web3 route=/cart service=api',
  ].map(tagsOf);

  it('are those with most values, then those that part what these leave together', () => {
    expect(tellingKeys(all)).to.deep.equal(['host', 'route', 'env', 'service', 'area']);
  });

  it('come first in the order of the keys, and tags of other keys last', () => {
    const tags = inOrderOf(['host', 'env'], tagsOf('env=prod extra=1 host=web1'));
    expect(tags.map(({ key }) => key)).to.deep.equal(['host', 'env', 'extra']);
  });

  it('are none of a single series, nor of series that are the same in all', () => {
    expect(tellingKeys(all.slice(0, 1))).to.deep.equal(['area', 'env', 'host', 'route', 'service']);
    expect(tellingKeys([])).to.deep.equal([]);
    expect(tellingKeys([tagsOf('a=1'), tagsOf('a=1')])).to.deep.equal(['a']);
  });

  it('may be there or not, and several of one key', () => {
    const some = ['a=1', 'a=1 canary', 'a=1 role=db', 'a=1 role=db role=web'].map((text) =>
      text.split(' ').map((pair) => {
        const [key = '', value = ''] = pair.split('=');
        return { key, value };
      }),
    );
    expect(tellingKeys(some)[0]).to.equal('role');
  });
});
