import { StringDecoder } from 'node:string_decoder';

/**
 * Most characters of a command: room for thousands of names to delete, and a bound to what a client can fill.
 */
export const maxCommandLength = 65_536;

/** Stands for a line that can be no command and is answered as an unknown one. */
export const noCommand = '';

/**
 * Makes commands, one a line, of the bytes of a connection, however they were cut into segments. LF ends a
 * line; white space around a command, CR included, is dropped.
 *
 * statsd takes each segment for one command and trims it, so a blank line is an error only when it comes alone:
 * its own health check sends `health\n\n` and wants one answer. The same holds here.
 */
export class CommandReader {
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';
  /** The line at hand is too long: answered, and dropped up to its end. */
  private dropping = false;
  /** The line at hand was taken before its end came. */
  private taken = false;

  /** What came after the last line end, trimmed: perhaps a command whose line end never comes. */
  get unfinished(): string {
    return this.rest.trim();
  }

  /** The commands that these bytes complete, in order. */
  read(bytes: Buffer): string[] {
    const lines = this.decoder.write(bytes).split('\n');
    const last = lines.pop() ?? '';
    const commands: string[] = [];
    let blank = false;
    for (const line of lines) {
      const command = this.endLine(line);
      if (command === undefined) continue;
      if (command === noCommand) blank = true;
      else commands.push(command);
    }
    if (blank && commands.length === 0 && last.trim() === '') commands.push(noCommand);
    if (this.isTooLong(last)) commands.push(noCommand);
    return commands;
  }

  /** Takes the unfinished command as it is; the line end that may still come is a part of it. */
  takeUnfinished(): string {
    const command = this.unfinished;
    this.rest = '';
    this.taken = command !== '';
    return command;
  }

  /** A line's command, or undefined when nothing is to be answered. */
  private endLine(end: string): string | undefined {
    const { dropping, taken } = this;
    const line = this.rest + end;
    this.rest = '';
    this.dropping = false;
    this.taken = false;
    const command = line.trim();
    if (dropping || (taken && command === '')) return undefined;
    return command;
  }

  /** Keeps the beginning of a line; true when it has just become too long. */
  private isTooLong(beginning: string): boolean {
    if (this.dropping) return false;
    this.rest += beginning;
    if (this.rest.length <= maxCommandLength) return false;
    this.rest = '';
    this.dropping = true;
    return true;
  }
}
