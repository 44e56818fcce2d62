import { readdir, readFile, readlink } from 'node:fs/promises';

/**
 * Reads how many datagrams Linux dropped on this process's sockets of one UDP port: the last column of
 * `/proc/net/udp` and `/proc/net/udp6`, told apart from other processes' sockets by the inode.
 */
export class DropReader {
  private readonly port: number;
  private inodes: ReadonlySet<string> | undefined;

  constructor(port: number) {
    this.port = port;
  }

  /** Total since the sockets were bound; undefined where there is no such table. */
  async read(): Promise<number | undefined> {
    const tables = await Promise.all([readTable('/proc/net/udp'), readTable('/proc/net/udp6')]);
    const rows = tables.flat().filter((row) => row.port === this.port);
    if (rows.length === 0) return undefined;
    this.inodes ??= await ownSocketInodes();
    const own = rows.filter((row) => this.inodes?.has(row.inode));
    return own.length === 0 ? undefined : own.reduce((sum, row) => sum + row.drops, 0);
  }
}

/** The same for the sockets of all processes on a port, as any user may see it. */
export async function dropsOnPort(port: number): Promise<number | undefined> {
  const tables = await Promise.all([readTable('/proc/net/udp'), readTable('/proc/net/udp6')]);
  const rows = tables.flat().filter((row) => row.port === port);
  return rows.length === 0 ? undefined : rows.reduce((sum, { drops }) => sum + drops, 0);
}

interface UdpRow {
  readonly port: number;
  readonly inode: string;
  readonly drops: number;
}

async function readTable(path: string): Promise<UdpRow[]> {
  let text: string;
  try {
    text = await readFile(path, 'latin1');
  } catch {
    // Not Linux, or IPv6 is off.
    return [];
  }
  return text
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => {
      //   sl  local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode ref pointer drops
      const fields = line.trim().split(/\s+/);
      const port = Number.parseInt(fields[1]?.split(':')[1] ?? '', 16);
      return { port, inode: fields[9] ?? '', drops: Number(fields[12]) };
    });
}

async function ownSocketInodes(): Promise<Set<string>> {
  const inodes = new Set<string>();
  for (const fd of await readdir('/proc/self/fd')) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(await readlink(`/proc/self/fd/${fd}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    } catch {
      // Closed since the folder was read.
    }
  }
  return inodes;
}
