import type { Tag } from '../metric.js';
import { networkTotals } from './host.js';
import { kernelText } from './kernel-files.js';
import { type Reading, type Roots, type Source, total } from './reading.js';

// The host's ends of containers' links: their names are random, so each would be a series that dies with its
// container. Their traffic shows on the bridge.
const passing = /^(veth|cali|lxc)/;

/** Bytes, packets, errors and drops of every interface, both ways. */
export function linuxNetwork({ proc }: Roots): Source {
  return {
    name: 'network',
    async read() {
      return kernelText(`${proc}/net/dev`).split('\n').flatMap(readingsOf);
    },
  };
}

export function portableNetwork(): Source {
  return {
    name: 'network',
    async read() {
      return (await networkTotals()).flatMap((now) => {
        const tags = [{ key: 'interface', value: now.iface }];
        return [
          total('network_rx_bytes', now.rx_bytes, tags),
          total('network_rx_errors', now.rx_errors, tags),
          total('network_rx_drops', now.rx_dropped, tags),
          total('network_tx_bytes', now.tx_bytes, tags),
          total('network_tx_errors', now.tx_errors, tags),
          total('network_tx_drops', now.tx_dropped, tags),
        ];
      });
    },
  };
}

function readingsOf(line: string): Reading[] {
  // eth0: 211978762 7690 0 0 0 0 0 0 564967 4903 0 0 0 0 0 0
  //       ^ received: bytes, packets, errs, drop, 4 more; then sent, in the same order
  const colon = line.lastIndexOf(':');
  const name = line.slice(0, colon).trim();
  if (colon < 0 || passing.test(name)) return [];
  const fields = line
    .slice(colon + 1)
    .trim()
    .split(/\s+/)
    .map(Number);
  const tags = [{ key: 'interface', value: name }];
  return [...oneWay('rx', fields, tags), ...oneWay('tx', fields.slice(8), tags)];
}

function oneWay(way: 'rx' | 'tx', fields: readonly number[], tags: readonly Tag[]): Reading[] {
  return ['bytes', 'packets', 'errors', 'drops'].map((what, i) =>
    total(`network_${way}_${what}`, fields[i] ?? Number.NaN, tags),
  );
}
