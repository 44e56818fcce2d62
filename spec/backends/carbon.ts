import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freeTcpPort } from '../support/statsd-server.js';
import type { TemporaryFolder } from '../support/temporary.js';

const program = '/usr/bin/carbon-cache';
const reader = '/usr/bin/whisper-fetch';

/** Whether Debian's packages graphite-carbon and python3-whisper are here. */
export const hasCarbon = existsSync(program) && existsSync(reader);

/** A carbon-cache of its own: private ports, and files in a temporary folder that keep ten-second points. */
export class Carbon {
  private constructor(
    private readonly child: ChildProcess,
    private readonly files: string,
    readonly linePort: number,
    readonly picklePort: number,
  ) {}

  static async start(
    folder: TemporaryFolder,
    ports?: Pick<Carbon, 'linePort' | 'picklePort'>,
  ): Promise<Carbon> {
    const linePort = ports?.linePort ?? (await freeTcpPort());
    const picklePort = ports?.picklePort ?? (await freeTcpPort());
    const files = folder.file('whisper');
    mkdirSync(files, { recursive: true });
    folder.write('storage-schemas.conf', '[all]\npattern = .*\nretentions = 10s:1h\n');
    const settings = {
      ...{ CONF_DIR: folder.path, STORAGE_DIR: folder.path, LOCAL_DATA_DIR: files, LOG_DIR: folder.path },
      ...{
        PID_DIR: folder.path,
        USER: '',
        DATABASE: 'whisper',
        ENABLE_TAGS: 'False',
        TAG_HASH_FILENAMES: 'False',
      },
      ...{ MAX_CREATES_PER_MINUTE: 'inf', MAX_UPDATES_PER_SECOND: 'inf', CARBON_METRIC_INTERVAL: '0' },
      ...{ LINE_RECEIVER_INTERFACE: '127.0.0.1', LINE_RECEIVER_PORT: linePort },
      ...{ PICKLE_RECEIVER_INTERFACE: '127.0.0.1', PICKLE_RECEIVER_PORT: picklePort },
      ...{ CACHE_QUERY_INTERFACE: '127.0.0.1', CACHE_QUERY_PORT: await freeTcpPort() },
    };
    const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}`);
    const config = folder.write('carbon.conf', `[cache]\n${lines.join('\n')}\n`);
    const child = spawn(program, ['--config', config, '--nodaemon', 'start'], { stdio: 'ignore' });
    const carbon = new Carbon(child, files, linePort, picklePort);
    while (!(await answers(linePort)) || !(await answers(picklePort))) {
      if (child.exitCode !== null) throw new Error(`carbon-cache ended with ${child.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return carbon;
  }

  /** Names of the series that have a file, as paths below the folder of all. */
  names(): string[] {
    return readdirSync(this.files, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.wsp'))
      .map((file) => file.replace(/\.wsp$/, ''))
      .sort();
  }

  /** The value that the file of a series has at a time; undefined when it has none. */
  valueAt(path: string, timestamp: number): number | undefined {
    const file = join(this.files, `${path}.wsp`);
    if (!existsSync(file)) return undefined;
    const args = [`--from=${timestamp - 10}`, `--until=${timestamp}`, '--json', file];
    const read = JSON.parse(execFileSync(reader, args, { encoding: 'utf8' })) as {
      readonly start: number;
      readonly step: number;
      readonly values: readonly (number | null)[];
    };
    return read.values[(timestamp - read.start) / read.step] ?? undefined;
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
