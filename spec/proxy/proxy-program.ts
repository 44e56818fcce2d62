import { createSocket } from 'node:dgram';
import { setImmediate as turn } from 'node:timers/promises';
import { type Finished, Program } from '../support/program.js';

/** `goodall proxy` with a configuration file, running. */
export class ProxyProgram {
  readonly program: Program;
  readonly port: number;
  readonly mgmtPort: number;

  private constructor(program: Program, isUp: string) {
    this.program = program;
    this.port = Number(/(?:udp|tcp) [^ ]*:(\d+)/.exec(isUp)?.[1]);
    this.mgmtPort = Number(/mgmt [^ ]*:(\d+)/.exec(isUp)?.[1]);
  }

  static async start(file: string, args: readonly string[] = []): Promise<ProxyProgram> {
    const program = new Program('goodall', ['proxy', file, ...args]);
    const [line] = await program.waitFor(/.*server is up.*\n/);
    return new ProxyProgram(program, line);
  }

  send(datagrams: readonly (string | Uint8Array)[]): Promise<void> {
    return sendTo(this.port, datagrams);
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Finished> {
    return this.program.stop(signal);
  }
}

/** Sends datagrams to a port of this host, and returns when the system has taken them. */
export async function sendTo(port: number, datagrams: readonly (string | Uint8Array)[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const [i, datagram] of datagrams.entries()) {
    // What is sent at once is answered before the next event: nodes in this process would not get to say that they are up.
    if (i % 50 === 49) await turn();
    await new Promise<void>((resolve, reject) =>
      socket.send(datagram, port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error))),
    );
  }
  await new Promise<void>((resolve) => socket.close(resolve));
}
