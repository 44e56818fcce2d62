import { hash } from 'node:crypto';

/** Points that a node of average weight has. */
const pointsPerNode = 40;
/** statsd's proxy gives every node this one. */
const weight = 100;

/**
 * Consistent hashing of names over nodes, as statsd's proxy does it: that of the npm package `hashring` 3.2.0
 * with md5 and one replica, of Ketama's family. The first four bytes of an md5, little-endian, are a number:
 * those of `host:port-0`, `host:port-1` ... are the points of a node, and a name belongs to the node of the
 * first point that is not below its own number, or to that of the first point of all.
 *
 * https://github.com/3rd-Eden/node-hashring/blob/master/index.js
 */
export class Ring {
  private readonly points: Uint32Array;
  private readonly owners: Uint16Array;

  /** @param nodes `host:port` of each, no two alike; their order decides between equal points */
  constructor(nodes: readonly string[]) {
    // In this order, for its roundings: with seven nodes it comes to 39.
    const share = weight / (weight * nodes.length);
    const count = Math.floor(share * pointsPerNode * nodes.length);
    const all = nodes.flatMap((node, owner) =>
      Array.from({ length: count }, (_, i) => ({ point: pointOf(`${node}-${i}`), owner })),
    );
    all.sort((a, b) => a.point - b.point);
    this.points = Uint32Array.from(all, ({ point }) => point);
    this.owners = Uint16Array.from(all, ({ owner }) => owner);
  }

  /** The place in `nodes` of the node that a name belongs to; -1 when there are no nodes. */
  nodeOf(name: string): number {
    return this.owners[this.find(pointOf(name))] ?? -1;
  }

  private find(point: number): number {
    let low = 0;
    let high = this.points.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.points[middle]! < point) low = middle + 1;
      else high = middle;
    }
    return low === this.points.length ? 0 : low;
  }
}

function pointOf(text: string): number {
  return hash('md5', text, 'buffer').readUInt32LE(0);
}
