import { expect } from 'chai';
import { loadConfig } from '../../lib/config/load.js';
import { printedConfig } from '../../lib/config/print.js';
import { temporaryFolder } from '../support/temporary.js';

describe('the printed configuration', () => {
  const files = temporaryFolder();
  const odd = {
    db: 'a: "b" # {c}\té',
    address: '::',
    dialect: 'statsd',
    probe: false,
    source: '007',
    listen: ['unix:/run/a b.sock?mode=0600', 'tcp://[::1]:5'],
    'percent-threshold': ['-5', '9'],
  };

  it('says where each value comes from', async () => {
    const file = files.write('a.yaml', 'relativeAccuracy: 0.005\n');
    const env = { GOODALL_LOG_LEVEL: 'warn' };
    const text = printedConfig(await loadConfig({ flags: { port: '0' }, env, file }));
    expect(text).to.include('port: 0 # from --port\n');
    expect(text).to.include('log-level: "warn" # from GOODALL_LOG_LEVEL\n');
    expect(text).to.include(`relative-accuracy: 0.005 # from ${file}, line 1\n`);
    expect(text).to.include('flush-interval: 10000 # default\n');
  });

  it('is a config file that means the same', async () => {
    const first = await loadConfig({ flags: odd, env: {}, file: undefined });
    const file = files.write('printed.yaml', printedConfig(first));
    const second = await loadConfig({ flags: {}, env: {}, file });
    expect(second.config).to.deep.equal(first.config);
    expect(Object.values(second.origins)).to.not.include('default');
  });

  it('stays a config file when a file name holds a line break', async () => {
    const first = await loadConfig({ flags: {}, env: {}, file: files.write('a\nport: x\n.yaml', 'port: 5') });
    const file = files.write('again.yaml', printedConfig(first));
    expect((await loadConfig({ flags: {}, env: {}, file })).config.port).to.equal(5);
  });
});
