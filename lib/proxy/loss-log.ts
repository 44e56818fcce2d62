import type { Counted, Counts } from './counts.js';

/** What the proxy can lose; each with the words of its line of log. */
const losses: readonly (readonly [what: Counted, words: string])[] = [
  ['linesWithoutNode', 'lines dropped: no node is healthy'],
  ['linesUnsent', 'lines dropped: the system refused to send them'],
  ['linesUnfinished', 'lines dropped: they were too long, or their connection ended before they did'],
];

/** Says what was lost since it was last asked: one line for each kind of loss that grew. */
export class LossLog {
  private readonly told = new Map<Counted | 'dropped', number>();

  constructor(private readonly counts: Counts) {}

  /** @param dropped datagrams that the system dropped so far, if it tells */
  lines(dropped: number | undefined): string[] {
    const lines = losses.flatMap(([what, words]) => {
      const errno = what === 'linesUnsent' ? ` (errno ${this.counts.get('lastErrno')})` : '';
      return this.line(what, this.counts.get(what), `${words}${errno}`);
    });
    const full = 'datagrams dropped by the system: they came faster than they could be taken';
    return [...lines, ...this.line('dropped', dropped ?? 0, full)];
  }

  private line(what: Counted | 'dropped', total: number, words: string): string[] {
    const more = total - (this.told.get(what) ?? 0);
    if (more <= 0) return [];
    this.told.set(what, total);
    return [`${more} ${words}; ${total} in all`];
  }
}
