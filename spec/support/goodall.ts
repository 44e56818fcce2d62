import { createSocket } from 'node:dgram';
import { type Finished, Program, type ProgramOptions, run } from './program.js';

/** A running server on free ports of the loopback interface, without its own probe unless asked for. */
export class Goodall {
  readonly program: Program;
  readonly db: string;
  readonly udpPort: number;
  readonly httpPort: number;
  readonly mgmtPort: number;

  private constructor(program: Program, db: string, isUp: string) {
    this.program = program;
    this.db = db;
    this.udpPort = portOf(isUp, 'udp');
    this.httpPort = portOf(isUp, 'http');
    this.mgmtPort = portOf(isUp, 'mgmt');
  }

  static async start(db: string, args: readonly string[] = [], options?: ProgramOptions): Promise<Goodall> {
    const defaults = [
      '--db',
      db,
      '--address',
      '127.0.0.1',
      '--port',
      '0',
      '--http-port',
      '0',
      '--mgmt-port',
      '0',
      '--no-probe',
    ];
    const program = new Program('goodall', [...defaults, ...args], options);
    const [line] = await program.waitFor(/.*server is up.*\n/);
    return new Goodall(program, db, line);
  }

  /** Sends datagrams, one text each, and returns when the system has taken them. */
  async send(datagrams: readonly string[]): Promise<void> {
    const socket = createSocket('udp4');
    for (const datagram of datagrams) {
      await new Promise<void>((resolve, reject) =>
        socket.send(datagram, this.udpPort, '127.0.0.1', (error) =>
          error === null ? resolve() : reject(error),
        ),
      );
    }
    await new Promise<void>((resolve) => socket.close(resolve));
  }

  /** Ends the server as an operator does; everything sent before is in the database afterwards. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Finished> {
    return this.program.stop(signal);
  }
}

/** A row of `goodall-report --format json`. */
export interface ReportRow {
  readonly name: string;
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly time?: string;
  readonly count?: number;
  readonly rate?: number;
  readonly sum?: number;
  readonly min?: number;
  readonly mean?: number;
  readonly max?: number;
  readonly last?: number;
  readonly percentiles?: Readonly<Record<string, number>>;
}

export interface Report {
  readonly since: string;
  readonly until: string;
  readonly step: string | null;
  readonly relativeAccuracy: number;
  readonly loss: { readonly datagramsDropped: number | null; readonly datagramsReceived: number };
  readonly rows: readonly ReportRow[];
}

/** Runs the real report program and reads its JSON. */
export async function report(db: string, args: readonly string[] = []): Promise<Report> {
  const { code, stdout, stderr } = await run('goodall-report', ['--db', db, '--format', 'json', ...args]);
  if (code !== 0) throw new Error(`goodall-report ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Report;
}

/** The one row of a name (and type); throws when there is none or more than one. */
export function rowOf(from: Report, name: string, type?: string): ReportRow {
  const rows = from.rows.filter((row) => row.name === name && (type === undefined || row.type === type));
  if (rows.length !== 1) throw new Error(`${rows.length} rows for ${name}: ${JSON.stringify(from.rows)}`);
  return rows[0]!;
}

function portOf(line: string, listener: string): number {
  return Number(new RegExp(`${listener} [^ ]*:(\\d+)`).exec(line)?.[1] ?? 0);
}
