import { shown } from '../config/given.js';
import type { Kind } from '../config/kinds.js';
import * as kinds from '../config/kinds.js';
import { nearest } from '../config/nearest.js';
import { ConfigError } from '../errors.js';
import { maxNodes } from '../kernel/router-layout.js';

/** A statsd server behind the proxy. */
export interface NodeConfig {
  /** `host:port`: what the ring hashes, and its name in log and console. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** Port of its management console. */
  readonly adminPort: number;
}

export interface ProxyConfig {
  readonly nodes: readonly NodeConfig[];
  readonly listener: 'udp' | 'tcp';
  readonly address: string;
  /** 0 lets the system pick one. */
  readonly port: number;
  readonly mgmtAddress: string;
  readonly mgmtPort: number;
  /** Whether names of nodes are looked up as IPv6 addresses first. */
  readonly prefersIpv6: boolean;
  readonly checkIntervalMs: number;
  /** Most names whose node is remembered. */
  readonly cacheSize: number;
  /** Whether a change of the file is taken over by itself. */
  readonly reloadsOnChange: boolean;
  /** The file as it is, for the console. */
  readonly raw: Readonly<Record<string, unknown>>;
  /** What is odd and did no harm; one line each. */
  readonly warnings: readonly string[];
}

/** statsd's is 10,000. A name takes 132 bytes, once it has come. */
const defaultCacheSize = 100_000;

const host: Kind<string> = {
  noun: 'a host',
  allowed: 'an address, or a name that can be looked up',
  read: (given) => (typeof given === 'string' && /^[^\s/]+$/.test(given) ? given : undefined),
};
const nodePort = kinds.wholeNumber('a port', 1, 65_535);
const forks: Kind<number> = {
  noun: 'a number of processes',
  allowed: "a whole number, or 'auto'",
  read: (given) => (given === 'auto' ? 1 : kinds.wholeNumber('', 0, 1024).read(given)),
};
const server: Kind<'udp' | 'tcp'> = {
  noun: 'a server',
  allowed: "'./servers/udp' or './servers/tcp'",
  read: (given) => (typeof given === 'string' ? servers.get(given) : undefined),
};
const servers = new Map([
  ['./servers/udp', 'udp'],
  ['./servers/tcp', 'tcp'],
] as const) as ReadonlyMap<string, 'udp' | 'tcp'>;
const udpVersion = kinds.oneOf('a version of UDP', ['udp4', 'udp6']);

/** Keys that say nothing here; each with the reason. */
const withoutEffect: Readonly<Record<string, string>> = {
  log: 'the log goes to standard error; --log-level sets its level',
  title: 'the process keeps its name',
};

/** Reads one configuration; gathers what is wrong with it. */
class Reader {
  readonly problems: string[] = [];
  readonly warnings: string[] = [];
  private readonly known = new Set(Object.keys(withoutEffect));

  constructor(private readonly raw: Readonly<Record<string, unknown>>) {}

  has(key: string): boolean {
    return this.raw[key] !== undefined;
  }

  read<T>(key: string, kind: Kind<T>, fallback: T): T {
    this.known.add(key);
    const given = this.raw[key];
    return given === undefined ? fallback : (this.one(key, kind, given) ?? fallback);
  }

  nodes(): NodeConfig[] {
    this.known.add('nodes');
    const given = this.raw.nodes;
    if (!Array.isArray(given) || given.length === 0) {
      this.problems.push('nodes: give a list of one node or more, each { host, port, adminport }');
      return [];
    }
    if (given.length > maxNodes)
      this.problems.push(`nodes: ${given.length} are too many; give ${maxNodes} at most`);
    const nodes = given.map((node: unknown, i) => this.node(`nodes[${i}]`, node));
    // As in statsd, where they are keys of one object: the same node twice is one node.
    return [...new Map(nodes.map((node) => [node.id, node])).values()];
  }

  /** Names the keys that nothing asked for. */
  finish(): void {
    for (const key of Object.keys(this.raw)) {
      const reason = withoutEffect[key];
      if (reason !== undefined) this.warnings.push(`${key} has no effect: ${reason}`);
      if (this.known.has(key)) continue;
      const meant = nearest(key, [...this.known]);
      this.warnings.push(`${shown(key)} is no option of the proxy${meant ? `; did you mean ${meant}?` : ''}`);
    }
  }

  private node(where: string, given: unknown): NodeConfig {
    const part = (typeof given === 'object' ? given : undefined) as
      | Record<string, unknown>
      | null
      | undefined;
    const name = this.one(`${where}.host`, host, part?.host) ?? '';
    const port = this.one(`${where}.port`, nodePort, part?.port) ?? 0;
    const adminPort = this.one(`${where}.adminport`, nodePort, part?.adminport) ?? 0;
    return { id: `${name}:${port}`, host: name, port, adminPort };
  }

  private one<T>(where: string, kind: Kind<T>, given: unknown): T | undefined {
    const value = kind.read(given);
    if (value === undefined) {
      const what = given === undefined ? 'is missing' : `${shown(given)} is not ${kind.noun}`;
      this.problems.push(`${where}: ${what}; give ${kind.allowed}`);
    }
    return value;
  }
}

/**
 * Reads the configuration of statsd's proxy.
 *
 * @param raw the file's object
 * @param path for messages
 * @throws ConfigError naming everything that is wrong, in one line
 */
export function readProxyConfig(raw: Readonly<Record<string, unknown>>, path: string): ProxyConfig {
  const reader = new Reader(raw);
  const prefersIpv6 =
    reader.read('address_ipv6', kinds.onOff, false) ||
    reader.read('udp_version', udpVersion, 'udp4') === 'udp6';
  const config = {
    nodes: reader.nodes(),
    listener: reader.read('server', server, 'udp'),
    address: addressOf(reader, prefersIpv6),
    port: reader.read('port', kinds.port, 8125),
    mgmtAddress: reader.read('mgmt_address', kinds.address, '127.0.0.1'),
    mgmtPort: reader.read('mgmt_port', kinds.port, 8126),
    prefersIpv6,
    checkIntervalMs: reader.read('checkInterval', kinds.durationMs('an interval', 10, 86_400_000), 10_000),
    cacheSize: reader.read(
      'cacheSize',
      kinds.wholeNumber('a number of names', 1, 4_000_000),
      defaultCacheSize,
    ),
    reloadsOnChange: reader.read('automaticConfigReload', kinds.onOff, true),
  };
  if (reader.read('forkCount', forks, 0) > 1 || raw.forkCount === 'auto') {
    reader.warnings.push('forkCount has no effect: one thread takes what statsd needs several processes for');
  }
  if (!reader.has('mgmt_address')) {
    reader.warnings.push(
      'the management console is open to this host alone; set mgmt_address to 0.0.0.0 for others, as statsd has it',
    );
  }
  reader.finish();
  if (reader.problems.length > 0) throw new ConfigError(`${path}: ${reader.problems.join('; ')}`);
  return { ...config, raw, warnings: reader.warnings };
}

/** statsd's documents call the key `host`, its code reads `address`. */
function addressOf(reader: Reader, prefersIpv6: boolean): string {
  const everywhere = prefersIpv6 ? '::' : '0.0.0.0';
  const documented = reader.read('host', kinds.address, everywhere);
  const address = reader.read('address', kinds.address, documented);
  if (address !== everywhere && !reader.has('address')) {
    reader.warnings.push(
      `listening on ${address} alone, as host says; statsd's proxy does not read host and listens on every address`,
    );
  }
  return address;
}
