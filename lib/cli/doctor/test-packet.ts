import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Clock } from '../../clock.js';
import { messageOf } from '../../errors.js';
import { type Finding, fault, ok } from './finding.js';
import type { Health, Listener } from './server-findings.js';

/** Each test sets this gauge to a number of its own; it is the only trace that the doctor leaves. */
const testName = 'goodall_doctor';
const pollMs = 100;

/** Sends a packet to every UDP listener, and waits until the server has written it. */
export async function packetFindings(
  url: string,
  { listeners, flushIntervalMs }: Health,
  clock: Clock,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const listener of listeners) {
    if (listener.name !== 'udp' || !listener.bound || listener.port === undefined) continue;
    findings.push(await packetFinding(url, listener, flushIntervalMs, clock));
  }
  return findings;
}

async function packetFinding(
  url: string,
  { address, port }: Listener,
  flushIntervalMs: number,
  clock: Clock,
): Promise<Finding> {
  const subject = 'test packet';
  const target = targetOf(address);
  const value = randomInt(1, 2 ** 47);
  try {
    await send(`${testName}:${value}|g`, target, port ?? 0);
    const beganMs = clock.monotonic();
    const patienceMs = 2 * flushIntervalMs + 2000;
    while (clock.monotonic() - beganMs < patienceMs) {
      if ((await lastValue(url)) === value) {
        return ok(subject, `to UDP ${target} port ${port} was received, flushed and read back`);
      }
      await new Promise<void>((resolve) => clock.setTimer(resolve, pollMs));
    }
    const text = `to UDP ${target} port ${port} was not found in the database within ${patienceMs / 1000} s`;
    return fault(subject, text, 'look for a firewall, for another program on that port, and for drops above');
  } catch (error) {
    const text = `to UDP ${target} port ${port} could not be sent: ${messageOf(error)}`;
    return fault(subject, text, 'check the address and the route to it');
  }
}

function send(line: string, address: string, port: number): Promise<void> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  return new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.send(line, port, address, (error) => (error === null ? resolve() : reject(error)));
  }).finally(() => socket.close());
}

async function lastValue(url: string): Promise<unknown> {
  const response = await fetch(new URL(`/${testName}?limit=1`, url), { signal: AbortSignal.timeout(3000) });
  const { Metrics: metrics = [] } = (await response.json()) as { Metrics?: readonly { Value?: unknown }[] };
  return metrics[0]?.Value;
}

/** A wildcard is reached over loopback. */
function targetOf(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '::1' : address;
}
