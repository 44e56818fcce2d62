import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.js';
import { statsdArguments } from '../../support/run-statsd.js';
import { root } from '../../support/source-files.js';

/** A server that is being measured. */
export interface Target {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

export type StartTarget = (flushIntervalMs: number) => Promise<Target>;

/** Goodall as it is shipped; `args` choose a path of it. */
export const goodall =
  (name: string, args: readonly string[] = ['--no-probe']): StartTarget =>
  async (flushIntervalMs) => {
    const folder = mkdtempSync(join(tmpdir(), 'goodall-bench-'));
    const child = start([
      join(root, 'dist/bin/goodall.js'),
      ...['--db', join(folder, 'bench.db'), '--address', '127.0.0.1', '--port', '0', '--http-port', '0'],
      ...['--mgmt-port', '0', '--flush-interval', String(flushIntervalMs), '--log-level', 'error', ...args],
    ]);
    const port = Number(await printed(child, /server is up: udp [^ ]*:(\d+)/));
    return target(name, child, port, () => rmSync(folder, { recursive: true }));
  };

/** The `statsd` package, with the backend that costs least: its console, into nowhere. */
export const statsd: StartTarget = async (flushIntervalMs) => {
  const folder = mkdtempSync(join(tmpdir(), 'goodall-bench-'));
  const [port, mgmtPort] = [await freePort(), await freePort()];
  const config = {
    ...{ address: '127.0.0.1', port, mgmt_address: '127.0.0.1', mgmt_port: mgmtPort },
    ...{ backends: ['./backends/console'], console: { prettyprint: false }, flushInterval: flushIntervalMs },
  };
  const file = join(folder, 'config.js');
  writeFileSync(file, `(${JSON.stringify(config)})`);
  const child = start(statsdArguments('stats.js', file));
  await printed(child, /server is (up)/);
  return target('statsd', child, port, () => rmSync(folder, { recursive: true }));
};

/** Receives and counts, nothing more: what a datagram costs at least. */
export const receiveOnly: StartTarget = async () => {
  const program = join(root, 'dist/spec/bench/load/receive-only.js');
  const child = start([program, '--quiet-ms', '600000', '--patience-ms', '600000']);
  return target('receive-only', child, Number(await printed(child, /receiving on [^ ]*:(\d+)/)), () => {});
};

export function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
}

export function target(name: string, child: ChildProcess, port: number, cleanUp: () => void): Target {
  // What it prints later must not fill the pipe.
  child.stdout?.resume();
  return {
    name,
    port,
    pid: child.pid ?? 0,
    async stop() {
      const exited = once(child, 'exit');
      // statsd takes its time over SIGTERM; nothing of it is needed any more.
      child.kill(name.startsWith('goodall') ? 'SIGTERM' : 'SIGKILL');
      await exited;
      cleanUp();
    },
  };
}

export async function printed(child: ChildProcess, pattern: RegExp): Promise<string> {
  let text = '';
  const ended = once(child, 'exit').then(() => {
    throw new Error(`ended before it printed ${pattern}: ${text}`);
  });
  ended.catch(() => {});
  for (;;) {
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return found;
    const [chunk] = (await Promise.race([ended, once(child.stdout!, 'data')])) as [Buffer];
    text += chunk.toString();
  }
}
