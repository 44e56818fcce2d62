import type { Socket } from 'node:net';
import type { Clock, Timer } from '../clock.js';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import { CommandReader } from './command-reader.js';
import type { CommandSet, Output } from './commands.js';

/**
 * How long a command without a line end waits for one. statsd needs none, so clients exist that send none; and
 * `printf stats | nc -w1` goes away after a second.
 */
export const lineEndPatienceMs = 250;

/** How long a client may leave an answer unread before it is given up. */
export const readPatienceMs = 30_000;

const keepAliveMs = 60_000;

export interface ConnectionOptions {
  readonly commands: CommandSet;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called whenever the client has sent something. */
  readonly onActivity: () => void;
}

/**
 * One client of the console. Its commands are answered one after the other. Until an answer is written nothing
 * more is read from the client, so one that asks and does not listen fills neither its buffers nor ours.
 */
export class Connection implements Output {
  private readonly socket: Socket;
  private readonly options: ConnectionOptions;
  private readonly reader = new CommandReader();
  /** The work begun so far; never rejects. */
  private work: Promise<void> = Promise.resolve();
  private lineEndTimer: Timer;

  /** @param socket stays open when the client has ended its side (`allowHalfOpen`), for the last answer */
  constructor(socket: Socket, options: ConnectionOptions) {
    this.socket = socket;
    this.options = options;
    const { logger } = options;
    socket.setNoDelay(true);
    // Finds clients whose host is gone.
    socket.setKeepAlive(true, keepAliveMs);
    socket.on('data', (bytes) => this.receive(bytes));
    socket.on('end', () => this.endOfInput());
    socket.on('close', () => this.stopLineEndTimer());
    socket.on('error', (error) => logger.debug(`management console: lost a client: ${messageOf(error)}`));
  }

  get isOpen(): boolean {
    return this.socket.writable;
  }

  async write(text: string): Promise<void> {
    if (this.isOpen && !this.socket.write(text)) await this.untilRead();
  }

  /** Closes the connection once everything written has been sent. */
  end(): void {
    const { clock } = this.options;
    const timer = clock.setTimer(() => this.destroy(), readPatienceMs);
    this.socket.once('close', () => clock.clearTimer(timer));
    this.socket.destroySoon();
  }

  /** Closes the connection at once. */
  destroy(): void {
    this.socket.destroy();
  }

  private receive(bytes: Buffer): void {
    this.options.onActivity();
    this.stopLineEndTimer();
    const lines = this.reader.read(bytes);
    this.socket.pause();
    this.work = this.work.then(async () => {
      for (const line of lines) await this.answer(line);
      this.socket.resume();
      this.startLineEndTimer();
    });
  }

  private endOfInput(): void {
    this.work = this.work.then(async () => {
      this.stopLineEndTimer();
      await this.answerUnfinished();
      if (this.isOpen) this.end();
    });
  }

  private async answer(line: string): Promise<void> {
    const { commands, logger } = this.options;
    if (!this.isOpen) return;
    try {
      await commands.run(line, this);
    } catch (error) {
      logger.warn(`management console: a command failed: ${messageOf(error)}`);
      await this.write('ERROR\n');
    }
  }

  private async answerUnfinished(): Promise<void> {
    const line = this.reader.takeUnfinished();
    if (line !== '') await this.answer(line);
  }

  private startLineEndTimer(): void {
    const { commands, clock } = this.options;
    if (!this.isOpen || !commands.needsNoLineEnd(this.reader.unfinished)) return;
    this.lineEndTimer = clock.setTimer(() => {
      this.work = this.work.then(() => this.answerUnfinished());
    }, lineEndPatienceMs);
  }

  private stopLineEndTimer(): void {
    if (this.lineEndTimer !== undefined) this.options.clock.clearTimer(this.lineEndTimer);
    this.lineEndTimer = undefined;
  }

  /** Waits until the client has taken what was written, or is gone. */
  private untilRead(): Promise<void> {
    const { clock, logger } = this.options;
    return new Promise((resolve) => {
      const timer = clock.setTimer(() => {
        logger.warn('management console: closed a connection whose client does not read its answer');
        this.destroy();
      }, readPatienceMs);
      const done = () => {
        clock.clearTimer(timer);
        this.socket.off('drain', done);
        this.socket.off('close', done);
        resolve();
      };
      this.socket.on('drain', done);
      this.socket.on('close', done);
    });
  }
}
