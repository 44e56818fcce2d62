import { type Dialect, dialects } from '../protocol/dialect.js';
import { address, type Kind, port } from './kinds.js';
import type { ListenerConfig } from './listener-config.js';

const internet = /^(udp|tcp):\/\/(\[[^\]]+\]|[^:/?[\]]*):(\d+)(?:\?(.*))?$/;
/** `unix:/run/x.sock`, and as DogStatsD's clients write it: `unix:///run/x.sock`. */
const unix = /^(unix|unixgram):(?:\/\/(?=\/))?([^?\0]+)(?:\?(.*))?$/;

/** A socket to receive on, as text: `tcp://127.0.0.1:8125`, `unix:/run/x.sock?dialect=dogstatsd&mode=0666`. */
export const listener: Kind<ListenerConfig> = {
  noun: 'a listener',
  allowed:
    'udp://ADDRESS:PORT, tcp://ADDRESS:PORT, unix:PATH or unixgram:PATH, with ?dialect=DIALECT and, for a path, &mode=0666',
  read: (given) => (typeof given === 'string' ? (readInternet(given) ?? readUnix(given)) : undefined),
  text: listenerText,
};

/** What `listener` reads the same listener from. */
export function listenerText(listener: ListenerConfig): string {
  const parameters = new URLSearchParams();
  if (listener.dialect !== undefined) parameters.set('dialect', listener.dialect);
  if ('path' in listener && listener.mode !== undefined) {
    parameters.set('mode', listener.mode.toString(8).padStart(4, '0'));
  }
  const tail = parameters.size === 0 ? '' : `?${parameters}`;
  if ('path' in listener) return `${listener.kind}:${listener.path}${tail}`;
  const host = listener.address.includes(':') ? `[${listener.address}]` : listener.address;
  return `${listener.kind}://${host}:${listener.port}${tail}`;
}

/** A file mode in octal digits, such as `0666`; undefined for anything else. */
export function parseMode(text: string): number | undefined {
  return /^0?[0-7]{3,4}$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

function readInternet(text: string): ListenerConfig | undefined {
  const [, kind, host = '', digits, query] = internet.exec(text) ?? [];
  if (kind === undefined) return undefined;
  const parameters = readParameters(query, ['dialect']);
  const bound = address.read(host === '' ? '0.0.0.0' : host.replace(/^\[|\]$/g, ''));
  const number = port.read(digits);
  if (parameters === undefined || bound === undefined || number === undefined) return undefined;
  return { kind: kind as 'udp' | 'tcp', address: bound, port: number, dialect: parameters.dialect };
}

function readUnix(text: string): ListenerConfig | undefined {
  const [, kind, path = '', query] = unix.exec(text) ?? [];
  const parameters = readParameters(query, ['dialect', 'mode']);
  if (kind === undefined || parameters === undefined) return undefined;
  return { kind: kind as 'unix' | 'unixgram', path, ...parameters };
}

interface Parameters {
  readonly dialect: Dialect | undefined;
  readonly mode: number | undefined;
}

function readParameters(query: string | undefined, known: readonly string[]): Parameters | undefined {
  const given = new URLSearchParams(query);
  const names = [...given.keys()];
  if (new Set(names).size !== names.length || !names.every((name) => known.includes(name))) return undefined;
  const dialect = dialects.find((word) => word === given.get('dialect'));
  const mode = parseMode(given.get('mode') ?? '');
  const isRead =
    given.has('dialect') === (dialect !== undefined) && given.has('mode') === (mode !== undefined);
  return isRead ? { dialect, mode } : undefined;
}
