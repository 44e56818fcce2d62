import { expect } from 'chai';
import { Members } from '../../lib/proxy/members.js';
import { statsdRing } from './statsd-ring.js';

const node = (port: number) => ({ id: `a:${port}`, host: 'a', port, adminPort: port + 1 });

describe('the nodes of the proxy', () => {
  it('are in the ring in the order that statsd has them in, whoever left and came back', () => {
    const members = new Members(() => {});
    members.configure([1, 2, 3].map(node));
    const theirs = statsdRing(['a:1', 'a:2', 'a:3']);
    const agree = () => expect(members.inRing).to.deep.equal(theirs.servers.map((server) => server.string));
    const [first, second] = members.all;
    for (const [member, isUp] of [
      [second!, false],
      [first!, false],
      [second!, true],
      [first!, true],
    ] as const) {
      expect(members.mark(member, isUp)).to.equal(true);
      expect(members.mark(member, isUp)).to.equal(false);
      if (isUp) theirs.add({ [member.config.id]: 100 });
      else theirs.remove(member.config.id);
      agree();
    }
  });

  it('keep their number and what is known of them when others are configured', () => {
    const numbers: number[] = [];
    const members = new Members((number) => numbers.push(number));
    members.configure([1, 2, 3].map(node));
    const [, second] = members.all;
    members.mark(second!, false);
    const { added, gone } = members.configure([2, 4].map(node));
    expect({ added, gone }).to.deep.equal({ added: ['a:4'], gone: ['a:1', 'a:3'] });
    expect(members.all.map(({ config, number }) => `${config.id} ${number}`)).to.deep.equal([
      'a:2 1',
      'a:4 0',
    ]);
    expect(members.inRing).to.deep.equal(['a:4']);
    expect(numbers).to.deep.equal([0, 1, 2, 0]);
  });

  it('do not come back when a check ends after they were taken out of the configuration', () => {
    const members = new Members(() => {});
    members.configure([1, 2].map(node));
    const [first] = members.all;
    members.mark(first!, false);
    members.configure([node(2)]);
    expect(members.mark(first!, true)).to.equal(false);
    expect(members.inRing).to.deep.equal(['a:2']);
  });

  it('are sent to once their address is known', () => {
    const members = new Members(() => {});
    members.configure([1, 2].map(node));
    members.all[1]!.address = '10.0.0.2';
    expect(members.routes).to.deep.equal([{ id: 'a:2', number: 1, address: '10.0.0.2', port: 2 }]);
  });
});
