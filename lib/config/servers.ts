import { type Dialect, dialects } from '../protocol/dialect.js';
import { address, onOff, port } from './kinds.js';
import { listenerText, parseMode } from './listener.js';
import type { InternetListenerConfig, ListenerConfig } from './listener-config.js';
import { type Mapping, mapping } from './statsd-kinds.js';

/** What a `servers` list comes to. */
export interface ServersConfig {
  /** The first UDP server without a dialect of its own, which is the server's UDP port. */
  readonly main: InternetListenerConfig | undefined;
  /** The others, as `--listen` has them. */
  readonly listen: readonly string[];
}

type ServerKind = ListenerConfig['kind'];

/** `./servers/udp` and `./servers/tcp` are statsd's; the other two take a `socket`. */
const serverName = /^(?:\.\/servers\/)?(udp|tcp|unix|unixgram)(?:\.js)?$/;

/**
 * Reads statsd's `servers`.
 *
 * @param fault takes what is wrong, such as `servers[1].port: 70000 is not a port: ...` in its three parts
 */
export function readServers(
  servers: readonly unknown[],
  fault: (part: string, value: unknown, wrong: string) => void,
): ServersConfig {
  let main: ServersConfig['main'];
  const listen: string[] = [];
  for (const [i, given] of servers.entries()) {
    const server = mapping.read(given);
    if (server === undefined) fault(`[${i}]`, given, 'is not a server: an object');
    const faultOf: Fault = (part, value, wrong) => fault(`[${i}].${part}`, value, wrong);
    const config = server === undefined ? undefined : readServer(server, faultOf);
    if (config === undefined) continue;
    if (main === undefined && isUdp(config) && config.dialect === undefined) main = config;
    else listen.push(listenerText(config));
  }
  return { main, listen };
}

function isUdp(config: ListenerConfig): config is InternetListenerConfig {
  return config.kind === 'udp';
}

type Fault = (part: string, value: unknown, wrong: string) => void;

function readServer(server: Mapping, fault: Fault): ListenerConfig | undefined {
  const name = server.server ?? './servers/udp';
  const kind = serverName.exec(String(name))?.[1] as ServerKind | undefined;
  if (kind === undefined) {
    fault('server', name, 'is not a server that Goodall has: ./servers/udp, ./servers/tcp, unix, unixgram');
    return undefined;
  }
  const given = server.dialect ?? undefined;
  const dialect = dialects.find((word) => word === given);
  if (given !== undefined && dialect === undefined) {
    fault('dialect', given, `is not a dialect: ${dialects.join(', ')}`);
  }
  // statsd's UDP server knows no sockets of the file system.
  const isPath = kind === 'unix' || kind === 'unixgram' || (kind === 'tcp' && isSet(server.socket));
  return isPath ? readSocket(server, kind, dialect, fault) : readPort(server, kind, dialect, fault);
}

function readSocket(
  server: Mapping,
  kind: ServerKind,
  dialect: Dialect | undefined,
  fault: Fault,
): ListenerConfig | undefined {
  const { socket, socket_mod: given } = server;
  const isRead = typeof socket === 'string' && socket !== '' && !/[?\0]/.test(socket);
  if (!isRead) fault('socket', socket, 'is not a path of a socket: text without a question mark');
  const mode = typeof given === 'string' ? parseMode(given) : given;
  const isMode = Number.isInteger(mode) && (mode as number) >= 0 && (mode as number) <= 0o7777;
  if (isSet(given) && !isMode) fault('socket_mod', given, "is not a file mode, such as '0666'");
  if (!isRead) return undefined;
  return {
    kind: kind === 'unixgram' ? 'unixgram' : 'unix',
    path: socket,
    mode: isSet(given) && isMode ? (mode as number) : undefined,
    dialect,
  };
}

function readPort(
  server: Mapping,
  kind: ServerKind,
  dialect: Dialect | undefined,
  fault: Fault,
): ListenerConfig | undefined {
  const isIpv6 = isSet(server.address_ipv6) && onOff.read(server.address_ipv6) === true;
  const fallback = isIpv6 ? '::' : '0.0.0.0';
  const bound = address.read(isSet(server.address) ? server.address : fallback);
  const number = port.read(isSet(server.port) ? server.port : 8125);
  if (bound === undefined) fault('address', server.address, `is not ${address.noun}: ${address.allowed}`);
  if (number === undefined) fault('port', server.port, `is not ${port.noun}: ${port.allowed}`);
  if (bound === undefined || number === undefined) return undefined;
  return { kind: kind === 'tcp' ? 'tcp' : 'udp', address: bound, port: number, dialect };
}

/** statsd takes its default for what is not there and for what is empty. */
function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
