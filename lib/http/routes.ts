import type { Clock } from '../clock.js';
import { UsageError } from '../errors.js';
import type { StoreReader } from '../storage/store.js';
import { type HealthCheck, healthReply } from './health.js';
import { latestReply, metricReply } from './points.js';
import { readRoutes } from './read-api.js';
import { ok, type Reply, refusal } from './reply.js';

export interface RouteRequest {
  /** Decoded, without its leading slash. */
  readonly path: string;
  readonly query: URLSearchParams;
}

export interface Route {
  /** The path as documented, with its leading slash; a word in capitals stands for anything. */
  readonly path: string;
  readonly summary: string;
  answer(request: RouteRequest): Promise<Reply>;
}

export interface RouteContext {
  readonly reader: StoreReader;
  readonly health: HealthCheck;
  readonly clock: Clock;
}

/**
 * Finds the route for a path. Names of metrics are paths of their own, whatever is in them, so the last route
 * takes everything that no other has; a metric that is called like a route is found under `/latest` only.
 */
export function routeTable(context: RouteContext): (path: string) => Route {
  const { reader, health, clock } = context;
  const fixed: Route[] = [
    {
      path: '/',
      summary: 'this list',
      answer: async () => ok({ routes: [...fixed, named].map(({ path, summary }) => ({ path, summary })) }),
    },
    {
      path: '/healthz',
      summary: 'whether the server works: 200, or 503 with the reasons',
      answer: () => healthReply(health, clock),
    },
    {
      path: '/latest',
      summary: 'the newest point of every metric',
      answer: () => latestReply(reader, clock),
    },
    ...readRoutes.map(({ path, summary, lines }) => ({
      path,
      summary,
      answer: async ({ query }: RouteRequest) => linesReply(() => lines(reader, query)),
    })),
  ];
  const named: Route = {
    path: '/NAME',
    summary: 'the ten newest points of the metric; ?limit=1..10000',
    answer: ({ path, query }) => metricReply(reader, clock, path, query),
  };
  const byPath = new Map(fixed.map((route) => [route.path, route]));
  return (path) => byPath.get(`/${path}`) ?? named;
}

/** What comes first decides whether there is an answer: a query that is not understood has none. */
async function linesReply(linesOf: () => AsyncIterable<readonly unknown[]>): Promise<Reply> {
  try {
    const batches = linesOf()[Symbol.asyncIterator]();
    const first = await batches.next();
    return { status: 200, body: undefined, lines: continued(first, batches) };
  } catch (error) {
    if (error instanceof UsageError) return refusal(400, error.message);
    throw error;
  }
}

async function* continued<T>(first: IteratorResult<T>, batches: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    for (let next = first; !next.done; next = await batches.next()) yield next.value;
  } finally {
    await batches.return?.();
  }
}
