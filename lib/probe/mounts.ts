/** A line of `/proc/self/mountinfo`, as far as it matters here. */
export interface Mount {
  /** `major:minor` of the file system: the same for every mount of it. */
  readonly fileSystemId: string;
  /** What of the file system is mounted: `/`, or a path inside it for a bind mount. */
  readonly root: string;
  readonly point: string;
  readonly type: string;
  /** The device with its `/dev/`, `server:/export`, or a word for file systems that have neither. */
  readonly source: string;
}

/** Reads `/proc/self/mountinfo` (proc(5)). */
export function parseMounts(text: string): Mount[] {
  // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/sda1 rw,errors=continue
  //       ^id  ^root ^point            0 or more ^ after the dash: type, source
  return text.split('\n').flatMap((line) => {
    const [left, right] = line.split(' - ');
    const [, , fileSystemId, root, point] = (left ?? '').split(' ');
    const [type, source] = (right ?? '').split(' ');
    if (point === undefined || source === undefined) return [];
    return [
      {
        fileSystemId: fileSystemId!,
        root: plain(root!),
        point: plain(point),
        type: type!,
        source: plain(source),
      },
    ];
  });
}

/** Blanks and the like are written as `\040`, with three octal digits. */
function plain(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

// A server or a program answers for these, so a question may hang as long as it likes.
const remoteTypes = /^(nfs4?|cifs|smb3|9p|virtiofs|ceph|glusterfs|lustre|afs|beegfs|gpfs|fuse\..+)$/;
// Programs' windows, without space of their own.
const hollowFuse = /^fuse\.(lxcfs|portal|gvfsd-fuse|snapfuse|xdg-document-portal|rootlesskit)$/;
// Images: full for ever, by design.
const imageTypes = new Set(['squashfs', 'iso9660', 'udf', 'erofs', 'cramfs']);
const typesWithoutDevice = new Set(['zfs', 'bcachefs', 'ubifs']);

export const isRemote = (mount: Mount): boolean =>
  remoteTypes.test(mount.type) && !hollowFuse.test(mount.type);

/**
 * Whether a mount is space on this host's own disks. The root is, whatever it is: a container's is an overlay,
 * and its numbers are those of the disk underneath. Other overlays would tell of that disk once more.
 */
export function isLocalDisk(mount: Mount): boolean {
  if (isRemote(mount) || imageTypes.has(mount.type)) return false;
  return mount.source.startsWith('/dev/') || typesWithoutDevice.has(mount.type) || mount.point === '/';
}

/**
 * The mounts of each file system together, best name first: the whole before a part of it (a bind mount), then
 * the shortest path.
 */
export function byFileSystem(mounts: readonly Mount[]): Mount[][] {
  const groups = new Map<string, Mount[]>();
  for (const mount of mounts) {
    const group = groups.get(mount.fileSystemId);
    if (group === undefined) groups.set(mount.fileSystemId, [mount]);
    else group.push(mount);
  }
  const rank = (mount: Mount) => (mount.point === '/' ? 0 : mount.root === '/' ? 1 : 2);
  return [...groups.values()].map((group) =>
    group.sort((a, b) => rank(a) - rank(b) || a.point.length - b.point.length),
  );
}
