import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './source-files.js';

/** A program by its name, or a compiled script of the specs by its path. */
export type ProgramName = 'goodall' | 'goodall-probe' | 'goodall-report' | `spec/${string}.js`;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** One of the real programs, running. Whatever it prints is kept. */
export class Program {
  stdout = '';
  stderr = '';
  readonly finished: Promise<Finished>;
  private readonly child: ChildProcess;

  constructor(name: ProgramName, args: readonly string[], options: ProgramOptions = {}) {
    const script = name.endsWith('.js') ? name : `bin/${name}.js`;
    this.child = spawn(process.execPath, [join(root, 'dist', script), ...args], {
      cwd: options.cwd,
      env: { ...withoutGoodall(process.env), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.finished = new Promise((resolve) => {
      this.child.on('close', (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr }));
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Waits for text on standard output; rejects when the program ends without it. */
  async waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    const ended = this.finished.then(({ code, stderr }) => {
      throw new Error(`ended with ${code} before ${pattern} came: ${stderr}`);
    });
    // Nobody may be waiting any more when the program ends.
    ended.catch(() => {});
    for (;;) {
      const found = pattern.exec(this.stdout);
      if (found !== null) return found;
      await Promise.race([ended, new Promise((resolve) => this.child.stdout?.once('data', resolve))]);
    }
  }

  /** Reads no further than its first output, as `head` does. */
  hangUp(): void {
    this.child.stdout?.once('data', () => this.child.stdout?.destroy());
  }

  /** Asks it to end and waits until it has. */
  async stop(name: NodeJS.Signals = 'SIGTERM'): Promise<Finished> {
    this.signal(name);
    return this.finished;
  }
}

/** Runs a program to its end. */
export function run(name: ProgramName, args: readonly string[], options?: ProgramOptions): Promise<Finished> {
  return new Program(name, args, options).finished;
}

/** The environment of whoever runs the specs must not configure the programs. */
function withoutGoodall(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([key]) => !key.startsWith('GOODALL_')));
}
