import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statsdArguments } from '../support/run-statsd.js';

/** statsd's own proxy, from its package, running. */
export class StatsdProxy {
  private constructor(private readonly child: ChildProcess) {}

  static async start(file: string): Promise<StatsdProxy> {
    const child = spawn(process.execPath, statsdArguments('proxy.js', file), {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (bytes: Buffer) => {
        text += bytes.toString();
      });
    }
    const ended = once(child, 'exit').then(() => {
      throw new Error(`statsd's proxy ended: ${text}`);
    });
    ended.catch(() => {});
    // It says so before its sockets are bound; whoever asks it tries again.
    while (!text.includes('server is up')) await Promise.race([ended, once(child.stdout!, 'data')]);
    return new StatsdProxy(child);
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }
}
