import { expect } from 'chai';
import { type ConfigInput, type LoadedConfig, loadConfig } from '../../lib/config/load.js';
import { optionKeys, options } from '../../lib/config/options.js';
import { defaultStatsdServerSettings, defaultStatsdSettings } from '../../lib/config/statsd-settings.js';
import { ConfigError, UsageError } from '../../lib/errors.js';
import { temporaryFolder } from '../support/temporary.js';

const load = (input: Partial<ConfigInput>): Promise<LoadedConfig> =>
  loadConfig({ flags: {}, env: {}, file: undefined, ...input });

/** What loading fails with; fails the spec when it does not fail. */
async function faultOf(input: Partial<ConfigInput>): Promise<Error> {
  const outcome = await load(input).catch((error: Error) => error);
  if (!(outcome instanceof Error)) throw new Error('was loaded');
  return outcome;
}

describe('loading the configuration', () => {
  const files = temporaryFolder();

  it('takes the defaults when nothing is said', async () => {
    const { config, origins, warnings } = await load({});
    for (const key of optionKeys) {
      expect(config[key], key).to.deep.equal(options[key].fallback);
      expect(origins[key], key).to.equal('default');
    }
    expect(Object.keys(config)).to.deep.equal([...optionKeys, 'statsd', 'statsdServer']);
    expect({ ...config.statsd, raw: {} }).to.deep.equal(defaultStatsdSettings);
    expect(config.statsdServer).to.deep.equal(defaultStatsdServerSettings);
    expect(warnings).to.deep.equal([]);
  });

  it('lets flags override the environment, which overrides the file, which overrides the defaults', async () => {
    const file = files.write('order.yaml', 'port: 1\nhttp-port: 2\nmaxSeries: 3\n');
    const env = { GOODALL_PORT: '11', GOODALL_HTTP_PORT: '12' };
    const { config, origins } = await load({ flags: { port: '21' }, env, file });
    expect([config.port, config.httpPort, config.maxSeries]).to.deep.equal([21, 12, 3]);
    expect(config.flushInterval).to.equal(10_000);
    expect(origins.port).to.equal('from --port');
    expect(origins.httpPort).to.equal('from GOODALL_HTTP_PORT');
    expect(origins.maxSeries).to.equal(`from ${file}, line 3`);
    expect(origins.flushInterval).to.equal('default');
  });

  it('lets a switch be turned on and off from everywhere', async () => {
    const file = files.write('switch.yaml', 'probe: off\nsanitizeNames: false\n');
    expect((await load({ file })).config).to.include({ probe: false, sanitizeNames: false });
    expect((await load({ file, env: { GOODALL_PROBE: 'yes' } })).config.probe).to.equal(true);
    expect((await load({ env: { GOODALL_PROBE: 'yes' }, flags: { probe: false } })).config.probe).to.equal(
      false,
    );
  });

  it('takes the last of a flag given several times', async () => {
    expect((await load({ flags: { port: ['1', '2'] } })).config.port).to.equal(2);
  });

  it('takes lists from flags given several times, from commas in the environment, and from lists of a file', async () => {
    const file = files.write(
      'lists.yaml',
      'backends: [a, b]\nlisten: udp://127.0.0.1:0\npercentThreshold: 95\n',
    );
    const fromFile = (await load({ file })).config;
    expect(fromFile.backends).to.deep.equal(['a', 'b']);
    expect(fromFile.listen).to.deep.equal([
      { kind: 'udp', address: '127.0.0.1', port: 0, dialect: undefined },
    ]);
    expect(fromFile.percentThreshold).to.deep.equal([95]);
    const env = { GOODALL_BACKENDS: 'console, graphite', GOODALL_PERCENT_THRESHOLD: '90,-10' };
    const fromEnvironment = (await load({ env, file })).config;
    expect(fromEnvironment.backends).to.deep.equal(['console', 'graphite']);
    expect(fromEnvironment.percentThreshold).to.deep.equal([90, -10]);
    const flags = { backends: 'repeater', 'percent-threshold': ['50', '99.9'] };
    const fromFlags = (await load({ flags, env, file })).config;
    expect(fromFlags.backends).to.deep.equal(['repeater']);
    expect(fromFlags.percentThreshold).to.deep.equal([50, 99.9]);
    expect(fromFlags.statsd.percentThreshold).to.deep.equal([50, 99.9]);
  });

  it('names the part of a list that is wrong', async () => {
    const { message } = await faultOf({ flags: { 'percent-threshold': ['90', '101'] } });
    expect(message).to.equal(
      'percent-threshold: 101 (from --percent-threshold) is not a percentage: a number from -100 to 100',
    );
  });

  it('freezes the configuration', async () => {
    expect((await load({})).config).to.be.frozen;
  });

  it('judges only what takes effect', async () => {
    expect((await load({ flags: { port: '1' }, env: { GOODALL_PORT: 'x' } })).config.port).to.equal(1);
  });

  it('names the key, the value, its origin and what is allowed', async () => {
    const fault = await faultOf({ env: { GOODALL_PORT: '70000' } });
    expect(fault).to.be.instanceOf(ConfigError);
    expect(fault.message).to.equal(
      'port: 70000 (from GOODALL_PORT) is not a port: a whole number from 0 to 65535',
    );
  });

  it('names everything that is wrong at once', async () => {
    const file = files.write('wrong.yaml', 'dialect: Statsd\nlog-level:\nport: [1]\nprob: no\n');
    const { message } = await faultOf({ file, flags: { db: '' } });
    expect(message.split('; ')).to.deep.equal([
      `prob: no (from ${file}, line 4) is not an option`,
      'did you mean probe?',
      `port: a list (from ${file}, line 3) is not a port: a whole number from 0 to 65535`,
      `dialect: Statsd (from ${file}, line 1) is not a dialect: goodall, statsd or dogstatsd`,
      'db: "" (from --db) is not a path: text that is not empty',
      `log-level: null (from ${file}, line 2) is not a log level: error, warn, info or debug`,
    ]);
  });

  it('refuses keys that are no options', async () => {
    const file = files.write('unknown.yaml', 'listener:\n  port: 1\n__proto__: 1\nflush_interval: 1000\n');
    const { message } = await faultOf({ file });
    expect(message).to.include(`listener: a mapping (from ${file}, line 1) is not an option`);
    expect(message).to.include(`__proto__: 1 (from ${file}, line 3) is not an option`);
    expect(message).to.include(`(from ${file}, line 4) is not an option; did you mean flush-interval?`);
  });

  it('refuses a key given twice, in whichever spelling', async () => {
    const file = files.write('repeats.yaml', 'flushInterval: 1000\nport: 1\nflush-interval: 1000\nport: 1\n');
    const { message } = await faultOf({ file });
    expect(message).to.equal(
      `flush-interval: 1000 (from ${file}, line 3) repeats line 1; keep one of them; ` +
        `port: 1 (from ${file}, line 4) repeats line 2; keep one of them`,
    );
  });

  it('keeps a message on one line, whatever the value holds', async () => {
    const { message } = await faultOf({ env: { GOODALL_PORT: '80\r\n\x1b[31m' } });
    expect(message).to.match(/^port: "80\\r\\n\\u001b\[31m" \(from GOODALL_PORT\) is not a port: /);
    expect((await faultOf({ flags: { port: 'x'.repeat(10_000) } })).message).to.have.length.below(300);
  });

  it('warns about variables that look like options, and goes on', async () => {
    const env = { GOODALL_PRT: '1', GOODALL_LOG: 'x', HOME: '/', PORT: 'x', goodall_port: 'x' };
    const { config, warnings } = await load({ env });
    expect(warnings).to.deep.equal([
      'ignoring the unknown environment variable GOODALL_LOG',
      'ignoring the unknown environment variable GOODALL_PRT; did you mean GOODALL_PORT?',
    ]);
    expect(config.port).to.equal(8125);
  });

  it('takes an empty variable as not set', async () => {
    const file = files.write('port.yaml', 'port: 7\n');
    expect((await load({ file, env: { GOODALL_PORT: '', GOODALL_XYZ: '' } })).config.port).to.equal(7);
  });

  it('is not led astray by the variables Kubernetes sets for services', async () => {
    const env = {
      GOODALL_PORT: 'udp://10.0.0.1:8125',
      GOODALL_HTTP_PORT: 'tcp://10.0.0.2:80',
      GOODALL_SERVICE_HOST: '10.0.0.1',
      GOODALL_SERVICE_PORT_STATSD: '8125',
      GOODALL_PORT_8125_UDP: 'udp://10.0.0.1:8125',
      GOODALL_PORT_8125_UDP_ADDR: '10.0.0.1',
      GOODALL_LISTEN: 'tcp://127.0.0.1:8125,unix:/run/goodall.sock',
    };
    const { config, warnings } = await load({ env });
    expect([config.port, config.httpPort, warnings]).to.deep.equal([8125, 8080, []]);
    expect(config.listen.map(({ kind }) => kind)).to.deep.equal(['tcp', 'unix']);
  });

  it('allows two listeners on one port when their protocols differ', async () => {
    const { config } = await load({ flags: { port: '9000', 'http-port': '9000' } });
    expect([config.port, config.httpPort]).to.deep.equal([9000, 9000]);
  });

  it('takes --no-port for wrong usage, not for a value', async () => {
    const fault = await faultOf({ flags: { port: false } });
    expect(fault).to.be.instanceOf(UsageError);
    expect(fault.message).to.equal('--no-port: only a switch can be negated; --port takes a value');
  });
});
