import { messageOf } from '../../errors.js';
import { type Finding, fault, note, ok } from './finding.js';

/** What `/healthz` says of a running server. */
export interface Health {
  readonly problems: readonly string[];
  readonly listeners: readonly Listener[];
  readonly flushIntervalMs: number;
}

export interface Listener {
  readonly name: string;
  /** Of a Unix socket, its path. */
  readonly address: string;
  /** Absent for a Unix socket, and while it is not bound. */
  readonly port?: number | undefined;
  readonly bound: boolean;
  /** Absent where the server does not say, and for streams. */
  readonly receiveBuffer?: { readonly askedBytes: number; readonly grantedBytes: number } | undefined;
}

const timeoutMs = 3000;
const mostSkewMs = 5000;

/** Asks a server how it is. Without an answer there is a fault, and no health. */
export async function serverFindings(
  url: string,
  now: () => number,
): Promise<{ readonly findings: readonly Finding[]; readonly health: Health | undefined }> {
  const started = `start goodall, or name the address of its HTTP listener with --url`;
  try {
    const response = await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(timeoutMs) });
    const health = healthOf(await response.json());
    if (health === undefined) {
      return { findings: [fault('server', `what answers at ${url} is no goodall`, started)], health };
    }
    const findings = [
      ...(health.problems.length === 0 ? [ok('server', `answers at ${url}, and finds itself well`)] : []),
      ...health.problems.map((problem) => fault('server', problem, 'see the log of the server')),
      ...health.listeners.map(addressFinding),
      clockFinding(response.headers.get('date'), now()),
    ];
    return { findings, health };
  } catch (error) {
    const reason = messageOf(error instanceof Error ? (error.cause ?? error) : error);
    return {
      findings: [fault('server', `no server answers at ${url}: ${reason}`, started)],
      health: undefined,
    };
  }
}

function healthOf(document: unknown): Health | undefined {
  const { problems, listeners, flush } = (document ?? {}) as Partial<Health> & {
    readonly flush?: { readonly intervalSeconds: number };
  };
  if (!Array.isArray(listeners) || !Array.isArray(problems)) return undefined;
  return { problems, listeners, flushIntervalMs: (flush?.intervalSeconds ?? 10) * 1000 };
}

function addressFinding({ name, address, port, bound }: Listener): Finding {
  const subject = `${name} listener`;
  const where = `${address}${port === undefined ? '' : ` port ${port}`}`;
  if (!bound) {
    return fault(subject, `is not bound to ${where}`, 'find what holds the port, or choose another one');
  }
  if (name === 'udp' && /^(?:127\.|::1$|localhost$)/.test(address)) {
    const remedy = 'start goodall with --address 0.0.0.0 (or ::) to hear other hosts and containers';
    return note(subject, `is bound to ${where}: only programs on this host reach it`, remedy);
  }
  return ok(subject, `is bound to ${where}`);
}

/** The header has whole seconds. */
function clockFinding(date: string | null, nowMs: number): Finding {
  const skewMs = date === null ? 0 : Math.abs(Date.parse(date) - nowMs);
  if (skewMs <= mostSkewMs) return ok('clock', 'this host and the server agree');
  const text = `this host and the server are ${Math.round(skewMs / 1000)} s apart`;
  return fault('clock', text, 'synchronise both with NTP: points are filed by the clock');
}
