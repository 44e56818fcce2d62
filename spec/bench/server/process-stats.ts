import { readFileSync } from 'node:fs';

/** Kernel ticks a second that /proc counts CPU time in: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** CPU time a process has used so far, all its threads, user and system: microseconds, to the nearest 10,000. */
export function cpuMicros(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name in parentheses may hold anything, so count from behind it: state is field 3, utime 14, stime 15.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1e6;
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
