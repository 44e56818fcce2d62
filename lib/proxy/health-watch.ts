import type { Clock, Timer } from '../clock.js';
import { messageOf } from '../errors.js';
import { checkHealth } from './health-check.js';
import { lookUp } from './look-up.js';
import type { Member } from './members.js';

/** A node that is busy for a moment is not down, however often it is asked. */
const leastPatienceMs = 1000;

export interface HealthWatchOptions {
  readonly clock: Clock;
  readonly members: () => readonly Member[];
  readonly intervalMs: () => number;
  readonly prefersIpv6: () => boolean;
  /**
   * What a check found: undefined for a healthy node, else the reason; and whether the node's address is
   * another now.
   */
  readonly onResult: (member: Member, reason: string | undefined, hasMoved: boolean) => void;
}

/** Looks after every node, round after round: the address of its name, and its health. */
export class HealthWatch {
  private readonly pending = new Set<Member>();
  private timer: Timer;
  private isStopped = false;

  constructor(private readonly options: HealthWatchOptions) {}

  /** Begins the first round at once. */
  start(): void {
    const { clock, members, intervalMs } = this.options;
    for (const member of members()) void this.check(member);
    this.timer = clock.setTimer(() => this.start(), intervalMs());
  }

  stop(): void {
    this.isStopped = true;
    this.options.clock.clearTimer(this.timer);
  }

  private async check(member: Member): Promise<void> {
    // The one before still waits for its answer.
    if (this.pending.has(member)) return;
    this.pending.add(member);
    const { clock, intervalMs, prefersIpv6, onResult } = this.options;
    const { host, adminPort } = member.config;
    const addressBefore = member.address;
    let reason: string | undefined;
    try {
      member.address = await lookUp(host, prefersIpv6());
      const patienceMs = Math.max(intervalMs(), leastPatienceMs);
      reason = await checkHealth(member.address, adminPort, patienceMs, clock);
    } catch (error) {
      reason = `its name: ${messageOf(error)}`;
    }
    this.pending.delete(member);
    if (!this.isStopped) onResult(member, reason, member.address !== addressBefore);
  }
}
