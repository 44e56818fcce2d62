import { Ring } from './ring.js';

/** A node that lines are sent to. */
export interface Route {
  /** `host:port` as configured: what the ring hashes. */
  readonly id: string;
  /** Its place in the counts. */
  readonly number: number;
  /** IP address. */
  readonly address: string;
  readonly port: number;
}

/** The nodes that are in the ring, in its order. */
export type Routes = readonly Route[];

export function ringOf(routes: Routes): Ring {
  return new Ring(routes.map(({ id }) => id));
}
