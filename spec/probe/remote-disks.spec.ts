import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect } from 'chai';
import { linuxRemoteDisks } from '../../lib/probe/remote-disks.js';
import { KernelTree } from './kernel-tree.js';

describe('the space of network file systems', () => {
  let tree: KernelTree;
  const path = process.env.PATH;
  const mounted = (...lines: string[]) => {
    tree = new KernelTree({ 'proc/self/mountinfo': lines.join('\n') });
    return linuxRemoteDisks(tree.roots);
  };
  const line = (id: number, point: string, type: string) =>
    `1 0 0:${id} / ${point} rw - ${type} filer:/vol${id} rw`;

  afterEach(() => {
    process.env.PATH = path;
    tree.remove();
  });

  it('is asked of df, for each that is mounted, and missing for one that is gone', async () => {
    const source = mounted(
      line(1, tmpdir(), 'nfs4'),
      line(2, '/nowhere/at/all', 'nfs4'),
      line(3, '/', 'ext4'),
    );
    const readings = await source.read();
    expect(readings.map(({ name }) => name)).to.deep.equal(['disk_used', 'disk_free', 'disk_total']);
    const { blocks, bsize } = statfsSync(tmpdir());
    expect(readings[2]).to.deep.equal({
      name: 'disk_total',
      kind: 'level',
      value: blocks * bsize,
      tags: [
        { key: 'device', value: 'filer:/vol1' },
        { key: 'mount', value: tmpdir() },
      ],
    });
  });

  it('is read from paths with blanks, and whatever columns df has no number for are no reading', async () => {
    const source = mounted(line(1, '/mnt/my\\040disk', 'cifs'), line(2, '/mnt/odd', 'cifs'));
    tree.write(
      'bin/df',
      '#!/bin/sh\ncase "$3" in */odd) echo "filer:/vol2 - - - - /mnt/odd";; *) echo "f 10 4 6 40% $3";; esac\n',
    );
    tree.makeExecutable('bin/df');
    process.env.PATH = `${tree.path('bin')}:${path}`;
    const readings = await source.read();
    expect(readings.map(({ value }) => value)).to.deep.equal([4096, 6144, 10_240]);
    expect(readings[0]?.tags[1]?.value).to.equal('/mnt/my disk');
  });

  it('costs no process where nothing of the kind is mounted', async () => {
    const source = mounted(line(1, '/', 'ext4'));
    process.env.PATH = '/nowhere';
    expect(await source.read()).to.deep.equal([]);
  });

  it('fails, rather than being silent, where there is no df', async () => {
    const source = mounted(line(1, '/', 'nfs'));
    process.env.PATH = '/nowhere';
    const outcome = await source.read().catch((error: NodeJS.ErrnoException) => error.code);
    expect(outcome).to.equal('ENOENT');
  });
});
