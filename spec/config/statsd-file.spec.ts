import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { isStatsdText } from '../../lib/config/file-text.js';
import { listenerText } from '../../lib/config/listener.js';
import { type LoadedConfig, loadConfig } from '../../lib/config/load.js';
import { printedConfig } from '../../lib/config/print.js';
import { ConfigError } from '../../lib/errors.js';
import { root } from '../support/source-files.js';
import { temporaryFolder } from '../support/temporary.js';

const example = join(root, 'node_modules/statsd/exampleConfig.js');

describe("a config file of statsd's", () => {
  const files = temporaryFolder();
  const load = (text: string, flags: Record<string, unknown> = {}): Promise<LoadedConfig> =>
    loadConfig({ flags, env: {}, file: files.write('statsd.js', text) });
  const faultOf = async (text: string): Promise<string> => {
    const outcome = await load(text).catch((error: Error) => error);
    expect(outcome).to.be.instanceOf(ConfigError);
    return (outcome as Error).message;
  };

  it("is taken as it is: statsd's own example", async () => {
    const { config, origins, warnings } = await loadConfig({ flags: {}, env: {}, file: example });
    expect(config).to.include({
      port: 8125,
      dialect: 'statsd',
      flushInterval: 10_000,
      probe: false,
      httpPort: 0,
    });
    expect(config.backends).to.deep.equal(['graphite']);
    expect(origins.port).to.equal(`from ${example}, line 129`);
    expect(config.statsd.raw).to.deep.include({
      graphitePort: 2003,
      graphiteHost: 'graphite.example.com',
      backends: ['./backends/graphite'],
      flushInterval: 10_000,
      gaugesMaxTTL: 1,
    });
    expect(warnings).to.deep.equal([]);
  });

  it('is known by its name, or by its text when the name says nothing', () => {
    const literal = '/* c */ // d\n{ port: 8125 }';
    expect(['a.js', 'a.cjs', 'a.conf', 'a'].map((name) => isStatsdText(literal, name))).to.not.include(false);
    expect(['a.yaml', 'a.yml', 'a.json'].map((name) => isStatsdText(literal, name))).to.not.include(true);
    expect(isStatsdText('module.exports = { port: 1 }', 'a')).to.equal(true);
    expect(isStatsdText('{"port": 1}', 'a.conf')).to.equal(false);
    expect(isStatsdText('port: 1', 'a.conf')).to.equal(false);
  });

  it('is overridden by flags and the environment, for backends too', async () => {
    const file = files.write(
      'over.js',
      '{ port: 1, flushInterval: 2000, percentThreshold: 95, mgmt_port: 3 }',
    );
    const flags = { port: '11', 'percent-threshold': '90' };
    const { config } = await loadConfig({ flags, env: { GOODALL_FLUSH_INTERVAL: '1000' }, file });
    expect([config.port, config.flushInterval, config.percentThreshold]).to.deep.equal([11, 1000, [90]]);
    expect(config.statsd.raw).to.deep.include({ port: 11, flushInterval: 1000, mgmt_port: 3 });
    expect(config.statsd.raw.percentThreshold).to.deep.equal([90]);
    expect(config.statsd.percentThreshold).to.deep.equal([90]);
  });

  it('may have options of Goodall', async () => {
    const { config } = await load(
      "{ db: 'x.db', 'http-port': 0, maxSeries: 5, dialect: 'goodall', probe: true }",
    );
    expect(config).to.include({ db: 'x.db', httpPort: 0, maxSeries: 5, dialect: 'goodall', probe: true });
  });

  it('leaves alone what the environment did not give', async () => {
    const { config } = await load(
      '{ port: process.env.X, address: "", graphiteHost: process.env.Y, servers: null }',
    );
    expect(config).to.include({ port: 8125, address: '0.0.0.0', udp: true });
    expect(config.backends).to.deep.equal([]);
  });

  it('writes to Graphite when it names a host and no backends, as statsd does', async () => {
    expect((await load("{ graphiteHost: 'a' }")).config.backends).to.deep.equal(['graphite']);
    expect((await load("{ graphiteHost: 'a', backends: [] }")).config.backends).to.deep.equal([]);
    expect((await load('{}')).config.backends).to.deep.equal([]);
  });

  it('passes on keys that nobody here knows, and says so when no backend is there to read them', async () => {
    const slip = await load('{ flushIntervall: 1000, influxdb: { port: 1 } }');
    expect(slip.warnings).to.deep.equal([
      `nothing here reads flushIntervall (from ${files.file('statsd.js')}, line 1); did you mean flushInterval?`,
      `nothing here reads influxdb (from ${files.file('statsd.js')}, line 1)`,
    ]);
    const foreign = await load("{ influxdb: { port: 1 }, backends: ['statsd-influxdb-backend'] }");
    expect([foreign.warnings, foreign.config.statsd.raw.influxdb]).to.deep.equal([[], { port: 1 }]);
  });

  it('can be written in YAML too, where an unknown key is an error as long as no backend may read it', async () => {
    const yaml = 'prefixStats: ours\nmgmt_port: 1\ngraphite:\n  legacyNamespace: no\ndebug: true\n';
    const loadYaml = (text: string): Promise<LoadedConfig> =>
      loadConfig({ flags: {}, env: {}, file: files.write('statsd.yaml', text) });
    const { config } = await loadYaml(yaml);
    expect(config).to.include({ mgmtPort: 1, dialect: 'goodall', logLevel: 'debug', probe: true });
    expect(config.statsd.prefixStats).to.equal('ours');
    expect(config.statsd.raw.graphite).to.deep.equal({ legacyNamespace: false });
    const foreign = `${yaml}influxdb:\n  port: 1\n`;
    expect((await loadYaml(`${foreign}backends: some-backend\n`)).config.statsd.raw.influxdb).to.deep.equal({
      port: 1,
    });
    const fault = await loadYaml(foreign).catch((error: Error) => error);
    expect((fault as Error).message).to.match(/^influxdb: a mapping \(.*\) is not an option/);
  });

  it('is printed as a file that means the same', async () => {
    const text =
      "{ graphiteHost: 'a', servers: [{ port: 1 }, { server: './servers/tcp', port: 2 }], deleteIdleStats: true, keyFlush: { interval: 5000 } }";
    const first = await load(text);
    const printed = printedConfig(first);
    expect(printed).to.include(`"graphiteHost": "a" # from ${files.file('statsd.js')}, line 1\n`);
    expect(printed).to.include(`dialect: "statsd" # for ${files.file('statsd.js')}, a file of statsd's\n`);
    const second = await loadConfig({ flags: {}, env: {}, file: files.write('printed.yaml', printed) });
    expect({ ...second.config, statsd: { ...second.config.statsd, raw: {} } }).to.deep.equal({
      ...first.config,
      statsd: { ...first.config.statsd, raw: {} },
    });
  });

  it('is printed as far as it can be when it was run', async () => {
    const file = files.write('run.js', '{ filter: function () {}, graphiteHost: "a", backends: ["./mine"] }');
    const text = printedConfig(await loadConfig({ flags: {}, env: {}, file, allowScript: true }));
    expect(text).to.match(/\n# "filter": null # from .*: it cannot be written down\n/);
  });

  describe('with servers', () => {
    const rows: readonly (readonly [text: string, config: object, listen: readonly string[]])[] = [
      [
        "[{ server: './servers/udp', address: '127.0.0.1', port: 1 }]",
        { udp: true, port: 1, address: '127.0.0.1' },
        [],
      ],
      ['[{}]', { udp: true, port: 8125, address: '0.0.0.0' }, []],
      ['[{ address_ipv6: true }]', { udp: true, address: '::' }, []],
      ["[{ address: '::1', address_ipv6: true, port: '5' }]", { udp: true, address: '::1', port: 5 }, []],
      ["[{ server: './servers/tcp', port: 1 }]", { udp: false }, ['tcp://0.0.0.0:1']],
      [
        "[{ server: './servers/tcp', address: '::1', port: 1 }, { port: 2 }, { port: 3 }]",
        { udp: true, port: 2 },
        ['tcp://[::1]:1', 'udp://0.0.0.0:3'],
      ],
      [
        "[{ server: './servers/tcp', socket: '/run/s', socket_mod: '0777' }]",
        { udp: false },
        ['unix:/run/s?mode=0777'],
      ],
      ["[{ server: './servers/tcp', socket: '/run/s', socket_mod: 0o600 }]", {}, ['unix:/run/s?mode=0600']],
      ["[{ server: 'unixgram', socket: '/run/s' }]", { udp: false }, ['unixgram:/run/s']],
      [
        "[{ dialect: 'dogstatsd', port: 1 }, { port: 2 }]",
        { udp: true, port: 2, dialect: 'statsd' },
        ['udp://0.0.0.0:1?dialect=dogstatsd'],
      ],
      ['[]', { udp: false }, []],
    ];
    for (const [servers, expected, listen] of rows) {
      it(`listens as ${servers} says`, async () => {
        const { config } = await load(`{ address: '127.0.0.9', port: 9, servers: ${servers} }`);
        expect(config).to.include(expected);
        expect(config.listen.map(listenerText)).to.deep.equal(listen);
      });
    }

    it('listens as the keys of a single server say', async () => {
      const tcp = (await load("{ server: './servers/tcp', address: '127.0.0.1', port: 7 }")).config;
      expect([tcp.udp, tcp.listen.map(listenerText)]).to.deep.equal([false, ['tcp://127.0.0.1:7']]);
      const unix = (await load("{ server: './servers/tcp', socket: 's.sock' }")).config;
      expect(unix.listen.map(listenerText)).to.deep.equal(['unix:s.sock']);
      expect((await load('{ address_ipv6: true, port: 7 }')).config).to.include({ address: '::', port: 7 });
    });

    it('listens on what the file names otherwise, too', async () => {
      const { config } = await load("{ servers: [{}, { port: 1 }], listen: ['unix:/run/s'] }");
      expect(config.listen.map(listenerText)).to.deep.equal(['udp://0.0.0.0:1', 'unix:/run/s']);
    });

    const faults: readonly (readonly [text: string, message: string])[] = [
      ['{ servers: { port: 1 } }', 'servers: a mapping (FILE) is not a list of servers'],
      ['{ servers: [5] }', 'servers[0]: 5 (FILE) is not a server: an object'],
      [
        "{ servers: [{}, { server: './mine' }] }",
        'servers[1].server: ./mine (FILE) is not a server that Goodall has',
      ],
      ["{ server: './servers/http' }", 'server: ./servers/http (FILE) is not a server that Goodall has'],
      ['{ servers: [{ port: 70000 }] }', 'servers[0].port: 70000 (FILE) is not a port'],
      [
        "{ servers: [{ address: 'example.com' }] }",
        'servers[0].address: example.com (FILE) is not an address',
      ],
      ["{ servers: [{ dialect: 'x' }] }", 'servers[0].dialect: x (FILE) is not a dialect'],
      ["{ servers: [{ server: 'unix' }] }", 'servers[0].socket: undefined (FILE) is not a path of a socket'],
      [
        "{ servers: [{ server: 'unix', socket: '/s', socket_mod: 'rw' }] }",
        'servers[0].socket_mod: rw (FILE) is not a file mode',
      ],
    ];
    for (const [text, message] of faults) {
      it(`refuses ${text}`, async () => {
        const origin = `from ${files.file('statsd.js')}, line 1`;
        expect(await faultOf(text)).to.include(message.replace('FILE', origin));
      });
    }
  });
});

describe("the documents' table of statsd's keys", () => {
  it('names every key of the example', () => {
    const documented = readFileSync(join(root, 'lib/docs/statsd.md'), 'utf8');
    const keys = [...readFileSync(example, 'utf8').matchAll(/^ {2,4}(\w+): +\w/gm)].map(
      ([, key]) => key as string,
    );
    expect(keys).to.have.length.above(45);
    const rows = documented.split('\n').filter((line) => line.startsWith('|'));
    const missing = keys.filter((key) => !rows.some((row) => new RegExp(`\\b${key}\\b`).test(row)));
    expect(missing).to.deep.equal([]);
  });
});
