import { expect } from 'chai';
import { ask } from '../admin/console-client.js';
import { freePort } from '../support/free-port.js';
import { temporaryFolder } from '../support/temporary.js';
import { ProxyProgram, sendTo } from './proxy-program.js';
import { SinkNode, until } from './sink-node.js';
import { StatsdProxy } from './statsd-proxy.js';

const names = Array.from({ length: 3000 }, (_, i) => `app.web-${i % 37}.request.${i}`);
const odd = ['ü.ö', 'no colon', '', ' blank', 'tag;a=b', '_e{1,1}', 'cr\r', 'x'.repeat(200)];
const lines = [...names.map((name) => `${name}:1|c`), ...odd.map((name) => `${name}:1|c`), 'none at all'];
const wanted = lines.map((line) => Buffer.from(line).toString('latin1'));

const commands = ['help\n', 'health\n', 'health down\r\n', 'health', 'health UP\n', 'health x\n'].concat([
  'config\n',
  'status\n',
  'status x\n',
  'stat\n',
  'HELP\n',
  '\n',
  ' help \n',
]);

/** A console that is not listening yet refuses. */
async function patientAsk(port: number, text: string): Promise<string> {
  for (;;) {
    try {
      return await ask(port, text);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

describe('goodall proxy in the place of the proxy of statsd', () => {
  const folder = temporaryFolder();
  let nodes: SinkNode[];
  let port: number;
  let mgmtPort: number;
  let file: string;

  beforeEach(async () => {
    nodes = await Promise.all([SinkNode.start(), SinkNode.start(), SinkNode.start()]);
    [port, mgmtPort] = [await freePort(), await freePort()];
    file = folder.write(
      'proxyConfig.js',
      `/* a comment */ {
  nodes: ${JSON.stringify(nodes.map(({ config }) => config))}, // and another
  server: './servers/udp',
  host: '0.0.0.0',
  port: ${port},
  udp_version: 'udp4',
  mgmt_port: ${mgmtPort},
  mgmt_address: '127.0.0.1',
  forkCount: 0,
  checkInterval: 1000,
  cacheSize: 10000,
}
`,
    );
  });

  afterEach(() => Promise.all(nodes.map((node) => node.stop())));

  /** Which node got which of the lines; what is lost on the way is sent again. */
  async function placed(): Promise<string[][]> {
    for (const node of nodes) node.datagrams.length = 0;
    const missing = (): string[] => {
      const got = new Set(nodes.flatMap((node) => node.lines));
      return lines.filter((_, i) => !got.has(wanted[i]!));
    };
    for (let left: readonly string[] = lines; left.length > 0; left = missing()) {
      for (let i = 0; i < left.length; i += 100) {
        await sendTo(port, [left.slice(i, i + 20).join('\n'), ...left.slice(i + 20, i + 100)]);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const got = nodes.map((node) => new Set(node.lines));
    return got.map((own) => wanted.filter((line) => own.has(line)));
  }

  it('sends every name to the same node', async () => {
    const theirs = await StatsdProxy.start(file);
    await until(
      async () => {
        await sendTo(port, ['is.it.listening:1|c']);
        return nodes.flatMap((node) => node.lines).length;
      },
      (count) => count > 0,
    );
    const before = await placed();
    await theirs.stop();
    const ours = await ProxyProgram.start(file);
    const after = await placed();
    await ours.stop();
    expect(after).to.deep.equal(before);
    for (const part of after) expect(part.length).to.be.greaterThan(lines.length / 10);
  });

  it('answers on its console to the byte', async () => {
    const replies = async (): Promise<string[]> => {
      const all: string[] = [];
      for (const command of commands) {
        all.push((await patientAsk(mgmtPort, command)).replace(/^uptime: \d+\n/, 'uptime: N\n'));
      }
      return all;
    };
    const theirs = await StatsdProxy.start(file);
    const before = await replies();
    await theirs.stop();
    const ours = await ProxyProgram.start(file);
    const after = await replies();
    const quit = await ask(mgmtPort, 'quit\n');
    await ours.stop();
    expect(after).to.deep.equal(before);
    expect(quit).to.equal('');
  });
});
