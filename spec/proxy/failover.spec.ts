import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { ask } from '../admin/console-client.js';
import { freePort } from '../support/free-port.js';
import { Goodall } from '../support/goodall.js';
import { statsdArguments } from '../support/run-statsd.js';
import { temporaryFolder } from '../support/temporary.js';
import { ProxyProgram } from './proxy-program.js';
import { until } from './sink-node.js';
import { statsdRing } from './statsd-ring.js';

/** A statsd server on ports of its own. */
interface Server {
  kill(): Promise<void>;
}

interface Ports {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly adminport: number;
}

type Start = (
  ports: Ports,
  folder: { file(name: string): string; write(name: string, text: string): string },
) => Promise<Server>;

const startGoodall: Start = async ({ port, adminport }, folder) => {
  const server = await Goodall.start(folder.file(`${port}.db`), [
    ...['--port', String(port), '--mgmt-port', String(adminport), '--flush-interval', '3600000'],
  ]);
  return { kill: async () => void (await server.stop('SIGKILL')) };
};

const startStatsd: Start = async ({ port, adminport }, folder) => {
  const config = {
    ...{ port, address: '127.0.0.1', mgmt_port: adminport, mgmt_address: '127.0.0.1' },
    ...{ backends: ['./backends/console'], flushInterval: 3_600_000 },
  };
  const file = folder.write(`${port}.js`, JSON.stringify(config));
  const child = spawn(process.execPath, statsdArguments('stats.js', file), {
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  await until(
    () => counters(adminport),
    (held) => held !== undefined,
  );
  return {
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
};

/** The names that a server's console shows among its counters; undefined while there is no answer. */
async function counters(adminport: number): Promise<string[] | undefined> {
  try {
    const text = await ask(adminport, 'counters\n');
    return [...text.matchAll(/'(name\.\d+)': 1/g)].map((match) => match[1]!);
  } catch {
    return undefined;
  }
}

const names = Array.from({ length: 60 }, (_, i) => `name.${i}`);

describe('goodall proxy before servers that go and come back', () => {
  const folder = temporaryFolder();
  const servers: { start: Start; ports: Ports; server: Server }[] = [];
  let proxy: ProxyProgram;

  beforeEach(async () => {
    for (const start of [startGoodall, startStatsd, startGoodall]) {
      const ports = { host: '127.0.0.1', port: await freePort(), adminport: await freePort() } as const;
      servers.push({ start, ports, server: await start(ports, folder) });
    }
    const nodes = servers.map(({ ports }) => ports);
    const config = { nodes, address: '127.0.0.1', port: 0, mgmt_port: 0, checkInterval: 50 };
    proxy = await ProxyProgram.start(folder.write('proxy.js', JSON.stringify(config)));
  });

  afterEach(async () => {
    await proxy.stop();
    await Promise.all(servers.splice(0).map(({ server }) => server.kill()));
  });

  /** Sends each name once, and says what each server has then. */
  async function spread(up: readonly number[]): Promise<string[][]> {
    await proxy.send([names.map((name) => `${name}:1|c`).join('\n')]);
    const read = (i: number) => counters(servers[i]!.ports.adminport);
    return until(
      async () => (await Promise.all(up.map(read))).map((held) => held ?? []),
      (held) => held.flat().length === names.length,
    );
  }

  async function inRing(i: number, isIn: boolean): Promise<void> {
    const { host, port } = servers[i]!.ports;
    await until(
      () => ask(proxy.mgmtPort, 'status\n'),
      (status) => status.includes(`${host}:${port} `) === isIn,
    );
  }

  const clear = (up: readonly number[]) =>
    Promise.all(up.map((i) => ask(servers[i]!.ports.adminport, `delcounters ${names.join(' ')}\n`)));

  it('gives the names of one that was killed to the others, and back when it is up again', async () => {
    const ids = servers.map(({ ports }) => `${ports.host}:${ports.port}`);
    const wanted = (up: readonly number[]): string[][] => {
      const ring = statsdRing(up.map((i) => ids[i]!));
      return up.map((i) => names.filter((name) => ring.get(name) === ids[i]));
    };
    expect(await spread([0, 1, 2])).to.deep.equal(wanted([0, 1, 2]));
    await clear([0, 1, 2]);
    for (const gone of [0, 1]) {
      const others = [0, 1, 2].filter((i) => i !== gone);
      await servers[gone]!.server.kill();
      await inRing(gone, false);
      expect(await spread(others)).to.deep.equal(wanted(others));
      const { start, ports } = servers[gone]!;
      servers[gone]!.server = await start(ports, folder);
      await inRing(gone, true);
      await clear([0, 1, 2]);
      expect(await spread([0, 1, 2])).to.deep.equal(wanted([0, 1, 2]));
      await clear([0, 1, 2]);
    }
  });
});
