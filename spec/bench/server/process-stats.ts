import { readdirSync, readFileSync } from 'node:fs';

/** CPU time that the threads of a process have used so far, as the scheduler counts it: microseconds. */
export function cpuMicros(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanos = threads.map((id) =>
    Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'latin1').split(' ')[0]),
  );
  return nanos.reduce((sum, each) => sum + each, 0) / 1000;
}

/** Memory a process has resident, in bytes. */
export function residentBytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return Number(kibibytes) * 1024;
}

export interface SocketStats {
  /** Bytes that wait to be received. */
  readonly queued: number;
  /** Datagrams dropped since the socket was bound. */
  readonly drops: number;
}

/** Sums over all UDP sockets bound to a port of the loopback interface or of all. */
export function socketStats(port: number): SocketStats {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = ['/proc/net/udp', '/proc/net/udp6']
    .flatMap((path) => readFileSync(path, 'latin1').split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${hexPort}`));
  return {
    queued: rows.reduce((sum, fields) => sum + Number.parseInt(fields[4]?.split(':')[1] ?? '0', 16), 0),
    drops: rows.reduce((sum, fields) => sum + Number(fields[12]), 0),
  };
}
