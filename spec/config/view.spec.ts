import { expect } from 'chai';
import { changesBetween, mergedWhileRunning } from '../../lib/config/changes.js';
import { loadConfig } from '../../lib/config/load.js';
import { configView } from '../../lib/config/view.js';
import { temporaryFolder } from '../support/temporary.js';

describe('the configuration as the management console shows it', () => {
  const files = temporaryFolder();
  const load = (text: string, flags: Record<string, unknown> = {}) =>
    loadConfig({ flags, env: {}, file: files.write('statsd.js', text) });

  it("has statsd's keys as statsd has them, in its order, and then the others", async () => {
    const text =
      "{ graphitePort: 2003, port: 18125, backends: ['./backends/graphite'], percentThreshold: 95, servers: [{ port: 18125 }], flushInterval: 60000, db: 'x.db' }";
    const view = Object.entries(configView((await load(text)).config));
    expect(view.slice(0, 7)).to.deep.equal([
      ['graphitePort', 2003],
      ['port', 18_125],
      ['backends', ['./backends/graphite']],
      ['percentThreshold', 95],
      ['servers', [{ port: 18_125 }]],
      ['flushInterval', 60_000],
      ['gaugesMaxTTL', 1],
    ]);
    const keys = view.map(([key]) => key);
    expect(keys).to.include('db').and.to.include('mgmtPort').and.to.not.include('statsd');
    expect(new Set(keys).size).to.equal(keys.length);
  });

  it('has what flags say in the place of what the file says', async () => {
    const { config } = await load("{ port: 1, mgmt_port: 2, backends: ['console'] }", {
      port: '11',
      'mgmt-port': '12',
      backends: ['repeater'],
    });
    expect(configView(config)).to.deep.include({ port: 11, mgmt_port: 12, backends: ['repeater'] });
  });

  it('has what a running server has, where a change takes a restart', async () => {
    const before = await load('{ port: 1, flushInterval: 1000, mgmt_port: 2 }');
    const after = await load('{ port: 11, flushInterval: 2000, mgmt_port: 12 }');
    const merged = mergedWhileRunning(before.config, after.config);
    expect(merged).to.include({ port: 1, flushInterval: 1000, mgmtPort: 12 });
    expect(configView(merged)).to.include({ port: 1, flushInterval: 1000, mgmt_port: 12 });
    expect(merged.statsd.raw).to.include({ port: 1, flushInterval: 1000 });
  });

  it('says what is different between two configurations, each as a file has it', async () => {
    const before = await load("{ port: 1, listen: ['tcp://127.0.0.1:5'], graphite: { globalPrefix: 'a' } }");
    const after = await load("{ port: 1, graphite: { globalPrefix: 'b' }, healthStatus: 'down' }");
    expect(changesBetween(before, after)).to.deep.equal([
      { key: 'listen', before: '["tcp://127.0.0.1:5"]', after: '[]', isForRestart: true },
      { key: 'graphite', before: '{"globalPrefix":"a"}', after: '{"globalPrefix":"b"}', isForRestart: false },
      { key: 'healthStatus', before: 'unset', after: '"down"', isForRestart: true },
    ]);
    expect(
      changesBetween(after, await load("{ port: 1, graphite: { globalPrefix: 'b' }, healthStatus: 'down' }")),
    ).to.deep.equal([]);
  });
});
