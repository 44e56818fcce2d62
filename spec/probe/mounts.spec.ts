import { expect } from 'chai';
import { byFileSystem, isLocalDisk, isRemote, type Mount, parseMounts } from '../../lib/probe/mounts.js';

const mount = (fields: Partial<Mount>): Mount => ({
  fileSystemId: '8:1',
  root: '/',
  point: '/srv',
  type: 'ext4',
  source: '/dev/sda1',
  ...fields,
});

/** What a container on an ext4 host sees, with a data volume from the host's second disk. */
const container = `
1021 904 0:98 / / rw,relatime master:299 - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A:/var/lib
1022 1021 0:101 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
1023 1021 0:102 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755
1030 1021 254:1 /var/lib/docker/containers/ab/resolv.conf /etc/resolv.conf rw,relatime - ext4 /dev/vda1 rw
1031 1021 254:1 /var/lib/docker/containers/ab/hosts /etc/hosts rw,relatime - ext4 /dev/vda1 rw
1033 1021 254:16 /vol/goodall /var/lib/goodall rw,relatime shared:5 master:7 - xfs /dev/vdb rw
`;

describe('mountinfo', () => {
  it('is read with any number of optional fields', () => {
    expect(
      parseMounts(
        '36 35 98:0 /a /mnt rw - ext3 /dev/sdb rw\n37 35 98:1 / /srv rw shared:1 master:2 - xfs /dev/sdc rw\n',
      ),
    ).to.deep.equal([
      { fileSystemId: '98:0', root: '/a', point: '/mnt', type: 'ext3', source: '/dev/sdb' },
      { fileSystemId: '98:1', root: '/', point: '/srv', type: 'xfs', source: '/dev/sdc' },
    ]);
  });

  it('is read with blanks and backslashes in paths', () => {
    const [found] = parseMounts('36 35 98:0 / /mnt/my\\040disk\\134x rw - ext3 /dev/sdb rw');
    expect(found?.point).to.equal('/mnt/my disk\\x');
  });

  it('loses nothing but a broken line to a broken line', () => {
    expect(
      parseMounts('nonsense\n\n36 35 98:0 / /mnt rw - ext3 /dev/sdb rw').map((m) => m.point),
    ).to.deep.equal(['/mnt']);
  });
});

describe('the choice of mounts', () => {
  it('takes disks and leaves the kernel’s own file systems, memory and images', () => {
    const kept = [
      mount({}),
      mount({ type: 'zfs', source: 'tank/home' }),
      mount({ type: 'proc', source: 'proc' }),
      mount({ type: 'tmpfs', source: 'tmpfs' }),
      mount({ type: 'squashfs', source: '/dev/loop3' }),
      mount({ type: 'overlay', source: 'overlay', point: '/var/lib/docker/overlay2/x/merged' }),
      mount({ type: 'nfs4', source: 'filer:/home' }),
      mount({ type: 'fuse.lxcfs', source: 'lxcfs' }),
    ].filter(isLocalDisk);
    expect(kept.map((m) => m.type)).to.deep.equal(['ext4', 'zfs']);
  });

  it('takes the root whatever it is', () => {
    expect(isLocalDisk(mount({ type: 'overlay', source: 'overlay', point: '/' }))).to.equal(true);
  });

  it('knows what may hang: network and user-space file systems', () => {
    const types = ['nfs', 'nfs4', 'cifs', '9p', 'fuse.sshfs', 'ext4', 'fuseblk', 'fuse.lxcfs', 'fuse.portal'];
    expect(types.filter((type) => isRemote(mount({ type })))).to.deep.equal([
      'nfs',
      'nfs4',
      'cifs',
      '9p',
      'fuse.sshfs',
    ]);
  });

  it('names each file system once, after its whole mount rather than a bind mount', () => {
    const groups = byFileSystem([
      mount({ root: '/srv/www', point: '/w' }),
      mount({ point: '/srv' }),
      mount({ point: '/a/longer/path' }),
      mount({ fileSystemId: '8:2', point: '/home' }),
    ]);
    expect(groups.map(([best]) => best?.point)).to.deep.equal(['/srv', '/home']);
  });

  it('prefers the root for a file system that is mounted there by a part (btrfs subvolumes)', () => {
    const groups = byFileSystem([mount({ root: '/', point: '/top' }), mount({ root: '/@', point: '/' })]);
    expect(groups[0]?.[0]?.point).to.equal('/');
  });

  it('finds in a container its root, the volume, and the disk behind single files', () => {
    const groups = byFileSystem(parseMounts(container).filter(isLocalDisk));
    expect(groups.map((group) => group.map((m) => m.point))).to.deep.equal([
      ['/'],
      ['/etc/hosts', '/etc/resolv.conf'],
      ['/var/lib/goodall'],
    ]);
  });
});
