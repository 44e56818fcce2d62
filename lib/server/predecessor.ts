import { Socket } from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import { DatabaseHeldError } from '../errors.js';
import { receiveDescriptors } from '../transport/descriptors.js';
import { describeSocket, type InheritedSocket } from '../transport/inheritance.js';
import { AF_UNIX, SOCK_CLOEXEC, SOCK_STREAM } from '../transport/layout.js';
import type { Libc } from '../transport/libc.js';
import { PollSet } from '../transport/poll-set.js';
import { encodeUnixAddress } from '../transport/unix-socket.js';
import { controlPath, handOverVersion } from './hand-over.js';

/** How long the older server may take to answer the first question: it is busy at most with a flush. */
const answerTimeoutMs = 10_000;

/** The newer server's side of a hand-over, see `hand-over.ts`. */
export class Predecessor {
  private readonly lines: string[] = [];
  private hasEnded = false;
  private wake: (() => void) | undefined;
  private readonly reader: Interface;

  private constructor(
    private readonly connection: Socket,
    /** What it hands over: from now on they are this process's too, and bound until both have closed them. */
    readonly sockets: readonly InheritedSocket[],
  ) {
    connection.on('error', () => {});
    this.reader = createInterface({ input: connection });
    this.reader.on('line', (line) => {
      this.lines.push(line);
      this.wake?.();
    });
    this.reader.on('error', () => {});
    // Not that of the reader, which knows nothing of a connection that breaks off.
    connection.on('close', () => {
      this.hasEnded = true;
      this.wake?.();
    });
  }

  /**
   * Finds the server that writes a database and gets its sockets; undefined when none is there, or it does not
   * answer.
   *
   * @throws DatabaseHeldError when it must not end now
   */
  static find(libc: Libc, database: string): Predecessor | undefined {
    const fd = libc.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const address = encodeUnixAddress(controlPath(database));
    const question = Buffer.from(`sockets ${handOverVersion}\n`);
    const isAsked =
      libc.connect(fd, address, address.length) === 0 &&
      libc.write(fd, question, question.length) === question.length;
    const isAnswered = isAsked && new PollSet(libc, [fd]).wait(answerTimeoutMs) > 0;
    const answer = isAnswered ? receiveDescriptors(libc, fd) : undefined;
    const [, reason] = /^refused (.*)/.exec(answer?.text ?? '') ?? [];
    if (reason !== undefined) {
      libc.close(fd);
      throw new DatabaseHeldError(
        `cannot take over from the server that writes ${database}: ${reason}; it goes on, try again when it has written them`,
      );
    }
    if (answer === undefined || !answer.text.startsWith('sockets ')) {
      libc.close(fd);
      return undefined;
    }
    const described = answer.descriptors.map((descriptor) => describeSocket(libc, descriptor));
    return new Predecessor(
      new Socket({ fd, readable: true, writable: true }),
      described.filter((socket) => socket !== undefined),
    );
  }

  /** Has it stop receiving; resolves when it has, or is gone. */
  async stopReceiving(): Promise<void> {
    this.connection.write('go\n');
    await this.line();
  }

  /**
   * Resolves when it has let go of everything, or is gone.
   *
   * @returns what the system had dropped on its sockets by then; 0 when it did not say
   */
  async released(): Promise<number> {
    const [, drops] = /^released (\d+)$/.exec((await this.line()) ?? '') ?? [];
    this.connection.destroy();
    return Number(drops ?? 0);
  }

  /** Leaves it alone: it goes on as if nobody had asked. */
  abandon(): void {
    this.connection.destroy();
  }

  private async line(): Promise<string | undefined> {
    while (this.lines.length === 0 && !this.hasEnded) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.lines.shift();
  }
}
