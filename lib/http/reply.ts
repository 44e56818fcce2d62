import { ListenerBindError } from '../errors.js';

/** What a route answers; `body` becomes JSON. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** In place of the body: lines of JSON, written as fast as they are taken. */
  readonly lines?: AsyncIterable<readonly unknown[]>;
}

export function ok(body: unknown): Reply {
  return { status: 200, body };
}

/** Every refusal has this shape. */
export function refusal(status: number, error: string, headers?: Reply['headers']): Reply {
  return { status, body: { error }, ...(headers && { headers }) };
}

/** The reason in words for a person who has to free the port or choose another. */
export function bindError(error: NodeJS.ErrnoException, address: string, port: number): ListenerBindError {
  const where = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  const [reason, advice] = reasons[error.code ?? ''] ?? [error.message, 'choose another address or port'];
  return new ListenerBindError(`HTTP cannot listen on ${where}: ${reason}; ${advice}`, { cause: error });
}

const reasons: Readonly<Record<string, readonly [string, string]>> = {
  EADDRINUSE: ['the port is in use', 'end what holds it, or choose another with --http-port (0 for no HTTP)'],
  EACCES: ['not permitted', 'choose a port above 1023 with --http-port'],
  EADDRNOTAVAIL: ['this host has no such address', 'choose one of its own with --http-address'],
  ENOTFOUND: ['the name is not known', 'give an address with --http-address'],
};
