import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { messageOf } from '../errors.js';
import { withLeanHeap } from '../lean-heap.js';
import type { Logger } from '../log.js';
import { bindError, type Reply, refusal } from './reply.js';
import { type Route, type RouteContext, routeTable } from './routes.js';

/** How long replies that are on their way when the server closes have to get there. */
const closeMs = 1000;

export interface HttpServerOptions extends RouteContext {
  readonly logger: Logger;
}

/**
 * Health, the newest points and what reports read, as JSON over HTTP. It only reads, and knows nothing of who
 * asks.
 */
export class HttpServer {
  private readonly options: HttpServerOptions;
  private readonly routeFor: (path: string) => Route;
  private readonly server: Server;
  private closing = false;

  constructor(options: HttpServerOptions) {
    this.options = options;
    this.routeFor = routeTable(options);
    this.server = createServer((request, response) => void this.respond(request, response));
    this.server.on('clientError', refuseGarbage);
  }

  /**
   * Binds and listens.
   *
   * @param port 0 lets the system pick one
   * @returns where it listens
   * @throws ListenerBindError
   */
  async start(port: number, address: string): Promise<{ port: number; address: string }> {
    try {
      this.server.listen(port, address);
      await once(this.server, 'listening');
    } catch (error) {
      throw bindError(error as NodeJS.ErrnoException, address, port);
    }
    this.server.on('error', (error) => this.options.logger.error(`http: ${error.message}`));
    const bound = this.server.address() as AddressInfo;
    return { port: bound.port, address: bound.address };
  }

  /** Stops listening and ends idle connections at once; replies under way have a second. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    const { clock } = this.options;
    this.closing = true;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeIdleConnections();
    const timer = clock.setTimer(() => this.server.closeAllConnections(), closeMs);
    await closed;
    clock.clearTimer(timer);
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body, headers, lines } = await this.replyTo(request);
    if (lines !== undefined) return withLeanHeap(() => this.stream(lines, request, response));
    const text = `${JSON.stringify(body)}\n`;
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(this.closing && { connection: 'close' }),
      ...headers,
    });
    response.end(request.method === 'HEAD' ? undefined : text);
  }

  /** A reader that is slow is waited for, and one that goes away ends the reading. */
  private async stream(
    lines: AsyncIterable<readonly unknown[]>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    response.writeHead(200, {
      'content-type': 'application/x-ndjson',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(this.closing && { connection: 'close' }),
    });
    try {
      for await (const batch of lines) {
        if (request.method === 'HEAD' || response.destroyed) break;
        const text = batch.map((line) => `${JSON.stringify(line)}\n`).join('');
        if (!response.write(text)) await drained(response);
      }
      response.end();
    } catch (error) {
      this.options.logger.error(`http: ${request.method} ${request.url} broke off: ${messageOf(error)}`);
      // Not ended: whoever reads must see that there is more.
      response.destroy();
    }
  }

  private async replyTo(request: IncomingMessage): Promise<Reply> {
    const { method = '', url = '' } = request;
    if (method !== 'GET' && method !== 'HEAD') {
      return refusal(405, `${method} is not allowed; this server only reads`, { allow: 'GET, HEAD' });
    }
    const [rawPath, query] = splitTarget(url);
    const path = decoded(rawPath);
    if (path === undefined) return refusal(400, `${JSON.stringify(rawPath)} is not valid percent-encoding`);
    try {
      return await this.routeFor(path).answer({ path, query: new URLSearchParams(query) });
    } catch (error) {
      this.options.logger.error(`http: ${method} ${url} failed: ${messageOf(error)}`);
      return refusal(500, messageOf(error));
    }
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    if (response.destroyed) return done();
    response.once('drain', done);
    response.once('close', done);
  });
}

/**
 * Path without its first slash, and query. Not by `URL`, which would take `//name` for a host and `..` for a
 * way up: here both are names of metrics. Proxies may send the whole address.
 */
function splitTarget(target: string): [path: string, query: string] {
  const local = target.replace(/^https?:\/\/[^/?]*/i, '').replace(/^\//, '');
  const mark = local.indexOf('?');
  return mark < 0 ? [local, ''] : [local.slice(0, mark), local.slice(mark + 1)];
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** For what is no HTTP, or too long for it; Node's own answer has no body. */
function refuseGarbage(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const tooLong = error.code === 'HPE_HEADER_OVERFLOW';
  const [status, reason] = tooLong
    ? ['431 Request Header Fields Too Large', 'the request’s head is too long']
    : ['400 Bad Request', 'this is not a valid HTTP request'];
  const text = `${JSON.stringify({ error: reason })}\n`;
  const head = [
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
  ];
  socket.end(`HTTP/1.1 ${status}\r\n${head.join('\r\n')}\r\n\r\n${text}`);
}
