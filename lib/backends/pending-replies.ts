import type { Clock, Timer } from '../clock.js';
import type { ForeignMessage } from './foreign-messages.js';

interface Pending {
  readonly resolve: (reply: ForeignMessage) => void;
  readonly reject: (error: Error) => void;
  readonly timer: Timer;
}

/** Questions to another thread that are not answered yet, each with the longest time it may take. */
export class PendingReplies {
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;

  constructor(private readonly clock: Clock) {}

  /** @param onLate called when there is no answer in time, before the reply rejects */
  open(
    withinMs: number,
    onLate: () => void,
  ): { readonly id: number; readonly reply: Promise<ForeignMessage> } {
    this.lastId += 1;
    const id = this.lastId;
    const reply = new Promise<ForeignMessage>((resolve, reject) => {
      const timer = this.clock.setTimer(() => {
        onLate();
        this.take(id)?.reject(new Error(`no answer within ${withinMs / 1000} s`));
      }, withinMs);
      this.pending.set(id, { resolve, reject, timer });
    });
    return { id, reply };
  }

  resolve(id: number, reply: ForeignMessage): void {
    this.take(id)?.resolve(reply);
  }

  rejectAll(error: Error): void {
    for (const id of [...this.pending.keys()]) this.take(id)?.reject(error);
  }

  private take(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    if (pending === undefined) return undefined;
    this.pending.delete(id);
    this.clock.clearTimer(pending.timer);
    return pending;
  }
}
