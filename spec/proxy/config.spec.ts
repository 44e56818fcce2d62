import { expect } from 'chai';
import { type ProxyConfig, readProxyConfig } from '../../lib/proxy/config.js';
import { readProxyFile } from '../../lib/proxy/config-file.js';
import { root } from '../support/source-files.js';
import { temporaryFolder } from '../support/temporary.js';

const nodes = [{ host: 'a', port: 1, adminport: 2 }];
const read = (raw: Readonly<Record<string, unknown>>): ProxyConfig =>
  readProxyConfig({ nodes, ...raw }, 'p.js');

describe('the configuration of the proxy', () => {
  const folder = temporaryFolder();

  it("takes statsd's example as it is", () => {
    const config = readProxyFile(`${root}/node_modules/statsd/exampleProxyConfig.js`, {});
    expect(config.nodes).to.deep.equal(
      [8127, 8129, 8131].map((port) => ({
        id: `127.0.0.1:${port}`,
        host: '127.0.0.1',
        port,
        adminPort: port + 1,
      })),
    );
    expect(config).to.include({ listener: 'udp', address: '0.0.0.0', port: 8125, mgmtPort: 8126 });
    expect(config).to.include({ checkIntervalMs: 1000, cacheSize: 10_000 });
    expect(config.warnings.join()).to.match(/^the management console is open to this host alone[^,]*,[^,]*$/);
  });

  it('has defaults for everything but the nodes', () => {
    expect(read({})).to.include({
      ...{ listener: 'udp', address: '0.0.0.0', port: 8125, prefersIpv6: false, reloadsOnChange: true },
      ...{ mgmtAddress: '127.0.0.1', mgmtPort: 8126, checkIntervalMs: 10_000 },
    });
    expect(read({ address_ipv6: true }).address).to.equal('::');
    expect(read({ udp_version: 'udp6' }).address).to.equal('::');
  });

  it('prefers address, which statsd reads, to host, which its documents name', () => {
    const mgmt = { mgmt_address: '127.0.0.1' };
    const both = read({ address: '127.0.0.1', host: '127.0.0.2', ...mgmt });
    expect(both).to.deep.include({ address: '127.0.0.1', warnings: [] });
    const documented = read({ host: '127.0.0.2', ...mgmt });
    expect(documented.address).to.equal('127.0.0.2');
    expect(documented.warnings.join()).to.match(/listening on 127\.0\.0\.2 alone/);
  });

  it('takes a node that is named twice for one', () => {
    expect(
      read({ nodes: [...nodes, { host: 'b', port: 1, adminport: 2 }, ...nodes] }).nodes,
    ).to.have.lengthOf(2);
  });

  it('takes values from the environment and runs nothing', () => {
    const file = (text: string): ProxyConfig =>
      readProxyFile(folder.write('p.js', text), { PORT: '9125', EMPTY: '' });
    const start = `{ nodes: [{ host: 'a' + '.' + \`b\`, port: 1, adminport: +'2' }],`;
    expect(file(`${start} port: process.env.PORT || 1 };`).port).to.equal(9125);
    expect(file(`${start} port: process.env['EMPTY'] || 2 }`).port).to.equal(2);
    expect(file(`// first\n${start} 'port': process.env.NONE ?? 3, }`).nodes[0]!.host).to.equal('a.b');
    for (const code of ['process.exit(1)', 'require("fs")', '(() => 1)()', 'globalThis', '/x/']) {
      expect(() => file(`${start}\n port: ${code} }`), code).to.throw(/p\.js, line 2/);
    }
    for (const text of ['', '[1]', '"text"', '{}; {}', '{} 1', 'null']) {
      expect(() => file(text), text).to.throw(/p\.js/);
    }
  });

  it('names all that is wrong in one line', () => {
    expect(() => read({ port: 'x', checkInterval: 0, nodes: [null], server: 'udp' })).to.throw(
      /^p\.js: nodes\[0\]\.host: is missing.*; server: udp is not .*; port: x is not .*; checkInterval: 0 is not /,
    );
  });
});
