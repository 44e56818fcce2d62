import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { outputBytes } from '../../lib/kernel/router-layout.js';
import { ask } from '../admin/console-client.js';
import { temporaryFolder } from '../support/temporary.js';
import { ProxyProgram } from './proxy-program.js';
import { SinkNode, until } from './sink-node.js';
import { statsdRing } from './statsd-ring.js';

const onFreePorts = { address: '127.0.0.1', port: 0, mgmt_port: 0 };

/** What the nodes have got, once it is so many lines. */
async function got(nodes: readonly SinkNode[], count: number): Promise<string[][]> {
  await until(
    () => nodes.reduce((sum, node) => sum + node.lines.length, 0),
    (sum) => sum >= count,
  );
  return nodes.map((node) => node.lines);
}

/** `name: value` lines of the console's `stats`. */
async function stats(port: number): Promise<Map<string, number>> {
  const lines = (await ask(port, 'stats\n')).split('\n').filter((line) => line.includes(': '));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(': ');
      return [line.slice(0, at), Number(line.slice(at + 2))];
    }),
  );
}

for (const transport of ['auto', 'dgram']) {
  describe(`goodall proxy that receives with ${transport}`, () => {
    const folder = temporaryFolder();
    let nodes: SinkNode[];
    let proxy: ProxyProgram;

    beforeEach(async () => {
      nodes = await Promise.all([SinkNode.start(), SinkNode.start(), SinkNode.start()]);
      const config = { ...onFreePorts, nodes: nodes.map((node) => node.config), checkInterval: 100 };
      proxy = await ProxyProgram.start(folder.write('p.js', JSON.stringify(config)), [
        '--transport',
        transport,
      ]);
    });

    afterEach(async () => {
      await proxy.stop();
      await Promise.all(nodes.map((node) => node.stop()));
    });

    it('gives each node its lines, as they are and in the order in which they came', async () => {
      const ring = statsdRing(nodes.map(({ id }) => id));
      const sent = Array.from({ length: 2000 }, (_, i) => `name.${i % 50}:${i}|c|@0.5|#t:ü`);
      for (let i = 0; i < sent.length; i += 50) await proxy.send([`${sent.slice(i, i + 50).join('\n')}\n`]);
      const lines = await got(nodes, sent.length);
      const wanted = nodes.map(({ id }) =>
        sent
          .filter((line) => ring.get(line.split(':')[0]!) === id)
          .map((line) => Buffer.from(line).toString('latin1')),
      );
      expect(lines).to.deep.equal(wanted);
      for (const { datagrams } of nodes) {
        for (const datagram of datagrams) expect(datagram.length).to.be.at.most(outputBytes);
      }
    });

    it('sends on what no server would accept, and lines longer than a frame', async () => {
      const lines = ['bad', '::', `long.${'x'.repeat(9000)}:1|c`, ' :|'];
      await proxy.send([lines.join('\n'), '\n\n', '']);
      expect((await got(nodes, lines.length)).flat().sort()).to.deep.equal([...lines].sort());
    });

    it('counts on its console what went where', async () => {
      const lines = Array.from({ length: 100 }, (_, i) => `n.${i}:1|c`);
      await proxy.send([lines.join('\n'), 'n.1:2|c']);
      const parts = await got(nodes, 101);
      const counted = await until(
        () => stats(proxy.mgmtPort),
        (all) => all.get('proxy.lines_sent') === 101 && all.get('proxy.datagrams_received') === 2,
      );
      for (const [i, node] of nodes.entries()) {
        expect(counted.get(`${node.id}.lines_sent`)).to.equal(parts[i]!.length);
      }
      expect(counted.get('proxy.bytes_received')).to.equal(lines.join('\n').length + 7);
      expect(counted.get('proxy.lines_without_node')).to.equal(0);
      expect(counted.get('proxy.datagrams_dropped')).to.equal(0);
    });

    it('sends on all that it has received when it is told to stop', async () => {
      const burst = Array.from({ length: 3000 }, (_, i) => `name.${i}:1|c`);
      await proxy.send(burst);
      const { code, stderr } = await proxy.stop();
      expect(code).to.equal(0);
      expect(stderr).to.match(/stopped: 3000 datagrams received, 3000 lines sent on/);
      expect((await got(nodes, burst.length)).flat().sort()).to.deep.equal(burst.sort());
    });

    it('takes a node whose health is down off the ring, and tells what it drops when none is left', async () => {
      nodes[0]!.answer = 'health: down\n';
      await until(
        () => ask(proxy.mgmtPort, 'status\n'),
        (status) => !status.includes(nodes[0]!.id),
      );
      const lines = Array.from({ length: 60 }, (_, i) => `n.${i}:1|c`);
      await proxy.send([lines.join('\n')]);
      expect((await got(nodes, lines.length))[0]).to.deep.equal([]);
      for (const node of nodes) node.answer = 'health: down\n';
      await until(
        () => ask(proxy.mgmtPort, 'status\n'),
        (status) => status.endsWith('nodes: \n'),
      );
      await proxy.send([lines.join('\n')]);
      await until(
        () => stats(proxy.mgmtPort),
        (all) => all.get('proxy.lines_without_node') === lines.length,
      );
      nodes[2]!.answer = 'health: up\n';
      await until(
        () => ask(proxy.mgmtPort, 'status\n'),
        (status) => status.endsWith(`nodes: ${nodes[2]!.id} \n`),
      );
      await proxy.send(['last:1|c']);
      await until(
        () => nodes[2]!.lines,
        (own) => own.includes('last:1|c'),
      );
      const { stderr } = await proxy.stop();
      expect(stderr).to.include(
        `Removing node ${nodes[0]!.id} from the ring. (its console says "health: down")`,
      );
      expect(stderr).to.include(`Adding node ${nodes[2]!.id} to the ring.`);
      expect(stderr).to.include('60 lines dropped: no node is healthy; 60 in all');
    });
  });
}

describe('goodall proxy with a TCP server', () => {
  const folder = temporaryFolder();
  let nodes: SinkNode[];
  let proxy: ProxyProgram;

  beforeEach(async () => {
    nodes = await Promise.all([SinkNode.start(), SinkNode.start()]);
    const config = { ...onFreePorts, nodes: nodes.map((node) => node.config), server: './servers/tcp' };
    proxy = await ProxyProgram.start(folder.write('p.js', JSON.stringify(config)));
  });

  afterEach(async () => {
    await proxy.stop();
    await Promise.all(nodes.map((node) => node.stop()));
  });

  it('takes lines however they are cut, and drops and counts one without its end', async () => {
    const socket = connect(proxy.port, '127.0.0.1').setNoDelay(true);
    await once(socket, 'connect');
    const lines = Array.from({ length: 200 }, (_, i) => `name.${i}:${i}|c`);
    const text = `${lines.join('\n')}\n\n${'x'.repeat(70_000)}:1|c\nlast:1|c\nhalf:1`;
    for (let at = 0; at < text.length; at += 997) {
      await new Promise((resolve) => socket.write(text.slice(at, at + 997), resolve));
    }
    const parts = await got(nodes, lines.length + 1);
    socket.end();
    expect(parts.flat().sort()).to.deep.equal([...lines, 'last:1|c'].sort());
    await until(
      () => stats(proxy.mgmtPort),
      (all) => all.get('proxy.lines_unfinished') === 2,
    );
  });

  it('takes what its clients have sent when it is told to stop', async () => {
    const socket = connect(proxy.port, '127.0.0.1');
    await once(socket, 'connect');
    const text = 'a:1|c\n'.repeat(5000);
    await new Promise((resolve) => socket.write(text, resolve));
    socket.on('error', () => {});
    expect((await proxy.stop()).code).to.equal(0);
    await got(nodes, 5000);
  });
});

describe('goodall proxy over IPv6', () => {
  const folder = temporaryFolder();

  it('listens on it and sends to it', async () => {
    const nodes = await Promise.all([SinkNode.start('::1'), SinkNode.start()]);
    const config = {
      ...{ nodes: nodes.map((node) => node.config), address_ipv6: true, port: 0, mgmt_port: 0 },
    };
    const proxy = await ProxyProgram.start(folder.write('p.js', JSON.stringify(config)));
    expect(proxy.program.stdout).to.include('udp [::]:');
    const lines = Array.from({ length: 100 }, (_, i) => `n.${i}:1|c`);
    await proxy.send([lines.join('\n')]);
    const parts = await got(nodes, lines.length);
    expect(parts.map((part) => part.length)).not.to.include(0);
    await proxy.stop();
    await Promise.all(nodes.map((node) => node.stop()));
  });
});
