import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { ask } from '../admin/console-client.js';
import { type Finished, run } from '../support/program.js';
import { temporaryFolder } from '../support/temporary.js';
import { ProxyProgram } from './proxy-program.js';
import { SinkNode, until } from './sink-node.js';

const oneNode = [{ host: '127.0.0.1', port: 9, adminport: 9 }];
const base = { address: '127.0.0.1', port: 0, mgmt_port: 0, nodes: oneNode };

describe('goodall proxy, when it cannot start', () => {
  const folder = temporaryFolder();

  const failures: readonly (readonly [title: string, config: string, code: number, message: RegExp])[] = [
    ['with no nodes', '{}', 12, /p\.js: nodes: give a list/],
    [
      'with a node without its port',
      '{ nodes: [{ host: "a" }] }',
      12,
      /nodes\[0\]\.port: is missing.*adminport/,
    ],
    ['with code', '{\n port: require("x").y }', 12, /p\.js, line 2: /],
    ['with half a file', '{ port: 1', 12, /p\.js, line \d: /],
    ['with a bad server', '{ server: "./servers/sctp" }', 12, /server: .*servers\/udp/],
  ];
  for (const [title, config, code, message] of failures) {
    it(`ends with ${code} ${title}`, async () => {
      const finished = await run('goodall', ['proxy', folder.write('p.js', config)]);
      expect(finished).to.include({ code, stdout: '' });
      expect(finished.stderr).to.match(message);
      expect(finished.stderr.split('\n')).to.have.lengthOf(2);
    });
  }

  it('ends with 12 without the file, and with 64 when it is used wrongly', async () => {
    const missing = await run('goodall', ['proxy', folder.file('none.js')]);
    expect(missing.code).to.equal(12);
    expect(missing.stderr).to.match(/cannot read the config file .*none\.js/);
    const uses = [[], ['a', 'b'], ['--nope', 'a'], ['a', '--transport', 'pigeon']];
    const all = await Promise.all(uses.map((args) => run('goodall', ['proxy', ...args])));
    for (const [i, wrong] of all.entries()) {
      expect(wrong, uses[i]!.join(' ')).to.include({ code: 64, stdout: '' });
      expect(wrong.stderr.split('\n')).to.have.lengthOf(2);
    }
  });

  it('ends with 10 when its UDP port is taken, with 11 when one of TCP is', async () => {
    const file = folder.write('first.js', JSON.stringify(base));
    const first = await ProxyProgram.start(file);
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const refused = async (name: string, keys: object, ...args: string[]): Promise<Finished> => {
      const config = folder.write(name, JSON.stringify({ ...base, ...keys }));
      return run('goodall', ['proxy', config, ...args]);
    };
    const [fast, portable, mgmt, tcp] = await Promise.all([
      refused('fast.js', { port: first.port }),
      refused('portable.js', { port: first.port }, '--transport', 'dgram'),
      refused('mgmt.js', { mgmt_port: port }),
      refused('tcp.js', { server: './servers/tcp', port }),
    ]);
    for (const { code, stderr } of [fast, portable]) {
      expect(code).to.equal(10);
      expect(stderr)
        .to.match(/cannot bind UDP .*choose another port/)
        .and.not.include('--');
    }
    for (const { code, stderr } of [mgmt, tcp]) {
      expect(code).to.equal(11);
      expect(stderr).to.include(`port ${port}`);
    }
    holder.close();
    expect((await first.stop()).code).to.equal(0);
  });
});

describe('goodall proxy', () => {
  const folder = temporaryFolder();

  it('says what in its configuration has no effect here', async () => {
    const config = { ...base, forkCount: 'auto', log: { backend: 'syslog' }, prot: 1 };
    const proxy = await ProxyProgram.start(folder.write('p.js', JSON.stringify(config)));
    const { stderr } = await proxy.stop('SIGINT');
    expect(stderr)
      .to.match(/forkCount has no effect/)
      .and.match(/log has no effect/);
    expect(stderr).to.include('prot is no option of the proxy; did you mean port?');
  });

  it('prints its usage', async () => {
    const { code, stdout } = await run('goodall', ['proxy', '--help']);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^Usage: goodall proxy/);
  });

  for (const [how, signal] of [
    ['on SIGHUP', true],
    ['when its file changes', false],
  ] as const) {
    it(`takes over other nodes ${how}, and keeps what it has when the file is bad`, async () => {
      const nodes = await Promise.all([SinkNode.start(), SinkNode.start()]);
      const text = (own: readonly SinkNode[], more: object): string =>
        JSON.stringify({
          ...base,
          nodes: own.map(({ config }) => config),
          automaticConfigReload: !signal,
          ...more,
        });
      const file = folder.write('p.js', text(nodes.slice(0, 1), {}));
      const proxy = await ProxyProgram.start(file);
      const rewrite = async (content: string, logged: RegExp): Promise<void> => {
        writeFileSync(file, content);
        if (signal) proxy.program.signal('SIGHUP');
        await until(
          () => proxy.program.stderr,
          (log) => logged.test(log),
        );
      };
      const status = `nodes: ${nodes[0]!.id} \n`;
      await rewrite('{ nodes: [', /ERROR configuration not taken over: .*p\.js, line \d/);
      expect(await ask(proxy.mgmtPort, 'status\n')).to.include(status);
      await rewrite(text(nodes, { port: 1 }), /taken over: 2 nodes/);
      expect(await ask(proxy.mgmtPort, 'status\n')).to.include(`nodes: ${nodes[0]!.id} ${nodes[1]!.id} \n`);
      expect(proxy.program.stderr).to.include('restart the proxy for the change of port');
      await proxy.send(Array.from({ length: 50 }, (_, i) => `n.${i}:1|c`));
      await until(
        () => nodes.flatMap(({ lines }) => lines).length,
        (count) => count === 50,
      );
      expect(nodes.map(({ lines }) => lines.length)).not.to.include(0);
      await rewrite(text(nodes.slice(1), { port: 1 }), /taken over: 1 nodes/);
      await proxy.send(['only:1|c']);
      await until(
        () => nodes[1]!.lines,
        (lines) => lines.includes('only:1|c'),
      );
      expect((await proxy.stop()).code).to.equal(0);
      await Promise.all(nodes.map((node) => node.stop()));
    });
  }
});
