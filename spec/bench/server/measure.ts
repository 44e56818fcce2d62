import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../support/source-files.js';
import type { Sent } from '../load/generate.js';
import { cpuMicros, residentBytes, socketStats } from './process-stats.js';
import type { StartTarget, Target } from './targets.js';

/** What is sent; the fields are the generator's flags. */
export interface Load {
  /** Datagrams a second; 0 as fast as the machine can. */
  readonly rate: number;
  readonly seconds: number;
  /** 0: one line a datagram. */
  readonly datagramBytes: number;
  readonly names: number;
  readonly tags: boolean;
}

export interface Measured {
  readonly sent: number;
  readonly dropped: number;
  readonly linesPerDatagram: number;
  readonly sentPerSecond: number;
  readonly handledPerSecond: number;
  readonly cpuNanosPerDatagram: number;
  readonly cpuNanosPerLine: number;
  readonly residentMiB: number;
}

const run = promisify(execFile);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts a server, warms it up, sends it a load and measures what the whole process did about it. */
export async function measure(start: StartTarget, load: Load, flushIntervalMs: number): Promise<Measured> {
  const target = await start(flushIntervalMs);
  try {
    await warmUp(target, load);
    return await measureOn(target, load);
  } finally {
    await target.stop();
  }
}

/** Sends a second of the load, or of as much of it as any server can take, so that all series are known. */
export async function warmUp(target: Target, load: Load, most = 50_000): Promise<void> {
  await send(target, { ...load, seconds: 1, rate: Math.min(load.rate || most, most) });
  await drained(target);
}

/** Sends a load to a server that runs and measures what the whole process did about it. */
export async function measureOn(target: Target, load: Load): Promise<Measured> {
  const dropsBefore = socketStats(target.port).drops;
  const cpuBefore = cpuMicros(target.pid);
  const sent = await send(target, load);
  await drained(target);
  const cpu = cpuMicros(target.pid) - cpuBefore;
  const dropped = socketStats(target.port).drops - dropsBefore;
  return describe(sent, dropped, cpu, residentBytes(target.pid));
}

async function send(target: Target, load: Load): Promise<Sent> {
  const flags = {
    port: target.port,
    rate: load.rate,
    seconds: load.seconds,
    'datagram-bytes': load.datagramBytes,
    names: load.names,
  };
  const args = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, String(value)]);
  const program = join(root, 'dist/spec/bench/load/generate.js');
  const { stdout } = await run(process.execPath, [program, ...args, ...(load.tags ? ['--tags'] : [])]);
  return JSON.parse(stdout) as Sent;
}

/** Waits until a server has taken what its socket holds, and has had a moment for the rest. */
async function drained(target: Target): Promise<void> {
  for (let turn = 0; turn < 600 && socketStats(target.port).queued > 0; turn++) await pause(100);
  await pause(300);
}

function describe(sent: Sent, dropped: number, cpu: number, resident: number): Measured {
  const handled = sent.datagrams - dropped;
  return {
    sent: sent.datagrams,
    dropped,
    linesPerDatagram: sent.linesPerDatagram,
    sentPerSecond: sent.datagramsPerSecond,
    handledPerSecond: handled / sent.seconds,
    cpuNanosPerDatagram: (cpu * 1000) / handled,
    cpuNanosPerLine: (cpu * 1000) / handled / sent.linesPerDatagram,
    residentMiB: resident / 2 ** 20,
  };
}

/** Datagrams that came to nothing, of all that were sent, in percent. */
export const lostPercent = ({ sent, dropped }: Measured): number => (100 * dropped) / sent;

/** The middle one of an odd number of measurements, by one of their figures. */
export function medianBy<T>(all: readonly T[], figure: (one: T) => number): T {
  return [...all].sort((a, b) => figure(a) - figure(b))[Math.floor(all.length / 2)]!;
}
