import { randomInt } from 'node:crypto';
import type { Clock } from '../../clock.js';
import { messageOf } from '../../errors.js';
import { type Finding, fault, ok } from './finding.js';
import { type LineTarget, lineTarget } from './send-line.js';
import type { Health } from './server-findings.js';

/**
 * Each test sets a gauge to a number of its own: this one, and `goodall_doctor_2` and so on for further
 * listeners. They are the only trace that the doctor leaves.
 */
const testName = 'goodall_doctor';
const pollMs = 100;

/** Sends a line to every listener that takes lines, and waits until the server has written it. */
export async function packetFindings(
  url: string,
  { listeners, flushIntervalMs }: Health,
  clock: Clock,
): Promise<Finding[]> {
  const targets = listeners.map(lineTarget).filter((target) => target !== undefined);
  return Promise.all(
    targets.map((target, i) => {
      const name = i === 0 ? testName : `${testName}_${i + 1}`;
      return packetFinding(url, target, name, flushIntervalMs, clock);
    }),
  );
}

async function packetFinding(
  url: string,
  { where, send }: LineTarget,
  name: string,
  flushIntervalMs: number,
  clock: Clock,
): Promise<Finding> {
  const subject = 'test packet';
  const value = randomInt(1, 2 ** 47);
  try {
    await send(`${name}:${value}|g`);
    const beganMs = clock.monotonic();
    const patienceMs = 2 * flushIntervalMs + 2000;
    while (clock.monotonic() - beganMs < patienceMs) {
      if ((await lastValue(url, name)) === value) {
        return ok(subject, `to ${where} was received, flushed and read back`);
      }
      await new Promise<void>((resolve) => clock.setTimer(resolve, pollMs));
    }
    const text = `to ${where} was not found in the database within ${patienceMs / 1000} s`;
    return fault(
      subject,
      text,
      'look for a firewall, for another program that listens there, and for drops above',
    );
  } catch (error) {
    const text = `to ${where} could not be sent: ${messageOf(error)}`;
    return fault(subject, text, 'check the address, the route to it, and whether this user may write there');
  }
}

async function lastValue(url: string, name: string): Promise<unknown> {
  const response = await fetch(new URL(`/${name}?limit=1`, url), { signal: AbortSignal.timeout(3000) });
  const { Metrics: metrics = [] } = (await response.json()) as { Metrics?: readonly { Value?: unknown }[] };
  return metrics[0]?.Value;
}
