import { ConfigError } from '../errors.js';

export interface RepeaterSettings {
  readonly protocol: 'udp4' | 'udp6' | 'tcp';
  readonly targets: readonly RepeaterTarget[];
}

export interface RepeaterTarget {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads the keys that statsd's repeater reads.
 *
 * @throws ConfigError when they name no place to send to
 */
export function repeaterSettings(raw: Readonly<Record<string, unknown>>): RepeaterSettings {
  const { repeater = [], repeaterProtocol } = raw;
  const protocol = repeaterProtocol === 'tcp' || repeaterProtocol === 'udp6' ? repeaterProtocol : 'udp4';
  if (!Array.isArray(repeater))
    throw new ConfigError(`repeater: ${JSON.stringify(repeater)} is no list of places`);
  return { protocol, targets: repeater.map(targetOf) };
}

function targetOf(given: { readonly host?: unknown; readonly port?: unknown } | null): RepeaterTarget {
  const { host, port } = given ?? {};
  const isPort = Number.isInteger(Number(port)) && Number(port) > 0 && Number(port) < 65_536;
  if (typeof host === 'string' && host !== '' && isPort) return { host, port: Number(port) };
  throw new ConfigError(
    `repeater: ${JSON.stringify(given)} is no place to send to: write { host: "10.0.0.1", port: 8125 }`,
  );
}
