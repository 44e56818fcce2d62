import { mkdirSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { hostFindings } from '../../../lib/cli/doctor/host-findings.js';
import type { Listener } from '../../../lib/cli/doctor/server-findings.js';
import { temporaryFolder } from '../../support/temporary.js';

describe('what the doctor says of the receive buffer', () => {
  const folder = temporaryFolder();

  function findings(asked: number, granted: number, roots: { readonly proc: string }) {
    const receiveBuffer = { askedBytes: asked, grantedBytes: granted };
    const listener: Listener = { name: 'udp', address: '127.0.0.1', bound: true, receiveBuffer };
    return hostFindings({ problems: [], listeners: [listener], flushIntervalMs: 1000 }, roots);
  }

  function system(limit: number): { readonly proc: string } {
    mkdirSync(folder.file('sys/net/core'), { recursive: true });
    writeFileSync(folder.file('sys/net/core/rmem_max'), `${limit}\n`);
    return { proc: folder.path };
  }

  it('is well where all was granted, whatever the limit', async () => {
    const [finding] = await findings(16 << 20, 16 << 20, system(212_992));
    expect(finding?.level).to.equal('ok');
    expect(finding?.text).to.equal('the kernel granted 16 MiB, all that goodall asked for');
  });

  it('names the limit, and a value that is enough for what was asked for', async () => {
    const [finding] = await findings(32 << 20, 212_992, system(212_992));
    expect(finding?.level).to.equal('note');
    expect(finding?.text).to.match(/granted 208 KiB of 32 MiB that .*net\.core\.rmem_max is 208 KiB/);
    expect(finding?.remedy).to.match(/^sysctl -w net\.core\.rmem_max=33554432,/);
  });

  it('names no limit where the system has none, and says nothing where nothing is known', async () => {
    const [finding] = await findings(32 << 20, 1 << 20, { proc: folder.file('none') });
    expect(finding?.remedy).to.match(/--receive-buffer$/);
    expect(await hostFindings(undefined, { proc: folder.path })).to.deep.equal([]);
  });
});
