import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Leaves a spec out, saying why, where a program of somebody else's is not installed. */
export function needs(path: string, debianPackage: string): void {
  before(function () {
    if (existsSync(path)) return;
    this.test!.parent!.title += ` (needs Debian's ${debianPackage})`;
    this.skip();
  });
}

/** Runs somebody else's program to its end and returns what it printed; rejects when it fails. */
export async function finish(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(program, [...args], { timeout: 15_000, killSignal: 'SIGKILL' });
  return stdout;
}

/** A program of somebody else's that runs until it is stopped. Whatever it prints is kept. */
export class OtherProgram {
  output = '';
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;

  constructor(program: string, args: readonly string[], options: { cwd?: string } = {}) {
    this.child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.ended = new Promise((resolve) => this.child.once('close', () => resolve()));
  }

  /** Waits for text in what it prints; rejects when it ends without it. */
  async waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    let isOver = false;
    void this.ended.then(() => {
      isOver = true;
    });
    for (;;) {
      const found = pattern.exec(this.output);
      if (found !== null) return found;
      if (isOver) throw new Error(`it ended before ${pattern} came: ${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal);
    await this.ended;
  }
}
