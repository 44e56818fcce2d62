import { maxNodes } from '../kernel/router-layout.js';
import type { NodeConfig } from './config.js';
import type { Routes } from './routes.js';

/** A node and what is known of it. */
export interface Member {
  readonly config: NodeConfig;
  /** Its place in the counts. */
  readonly number: number;
  /** IP address; undefined as long as its name could not be looked up. */
  address: string | undefined;
  isUp: boolean;
}

/**
 * The nodes, and which of them are in the ring. As in statsd, a node is taken for healthy until a check fails,
 * and one that comes back is the last in the ring's order.
 */
export class Members {
  private members: Member[] = [];
  /** In the ring's order. */
  private up: Member[] = [];

  /** @param onNewNumber a number belongs to another node from now on */
  constructor(private readonly onNewNumber: (number: number) => void) {}

  get all(): readonly Member[] {
    return this.members;
  }

  /** `host:port` of those in the ring, in its order. */
  get inRing(): readonly string[] {
    return this.up.map(({ config }) => config.id);
  }

  /** What lines can be sent by. A node in the ring whose address is not known yet gets none. */
  get routes(): Routes {
    return this.up.flatMap(({ config, number, address }) =>
      address === undefined ? [] : [{ id: config.id, number, address, port: config.port }],
    );
  }

  /** Takes over other nodes. What is known of those that stay is kept. */
  configure(nodes: readonly NodeConfig[]): {
    readonly added: readonly string[];
    readonly gone: readonly string[];
  } {
    const before = new Map(this.members.map((member) => [member.config.id, member]));
    const wanted = new Set(nodes.map(({ id }) => id));
    const gone = [...before.keys()].filter((id) => !wanted.has(id));
    const taken = new Set(
      this.members.filter(({ config }) => wanted.has(config.id)).map(({ number }) => number),
    );
    const added: Member[] = [];
    this.members = nodes.map((config) => {
      const known = before.get(config.id);
      if (known !== undefined) return Object.assign(known, { config });
      const member = { config, number: this.freeNumber(taken), address: undefined, isUp: true };
      added.push(member);
      return member;
    });
    this.up = [...this.up.filter((member) => this.members.includes(member)), ...added];
    return { added: added.map(({ config }) => config.id), gone };
  }

  /** Puts a node into the ring or takes it out; says whether that is a change. */
  mark(member: Member, isUp: boolean): boolean {
    if (member.isUp === isUp || !this.members.includes(member)) return false;
    member.isUp = isUp;
    if (isUp) this.up.push(member);
    else this.up = this.up.filter((other) => other !== member);
    return true;
  }

  private freeNumber(taken: Set<number>): number {
    for (let number = 0; number < maxNodes; number++) {
      if (taken.has(number)) continue;
      taken.add(number);
      this.onNewNumber(number);
      return number;
    }
    throw new RangeError(`more than ${maxNodes} nodes`);
  }
}
