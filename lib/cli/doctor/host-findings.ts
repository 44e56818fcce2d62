import { readFile } from 'node:fs/promises';
import { plainNumber, quantity } from '../../report/numbers.js';
import { dropsOnPort } from '../../transport/drops.js';
import { type Finding, fault, note, ok } from './finding.js';
import type { Health } from './server-findings.js';

const bytes = { kind: 'bytes', factor: 1 } as const;

/** What bursts of some ten thousand datagrams take; what goodall asks for. */
const wishedBytes = 16 << 20;

/** Limits and counters of the kernel, on Linux; nothing elsewhere. */
export async function hostFindings(
  health: Health | undefined,
  roots = { proc: '/proc' },
): Promise<Finding[]> {
  const limit = await numberIn(`${roots.proc}/sys/net/core/rmem_max`);
  const findings: Finding[] = [];
  if (limit !== undefined) findings.push(bufferFinding(limit));
  const port = health?.listeners.find(({ name }) => name === 'udp')?.port;
  const drops = port === undefined ? undefined : await dropsOnPort(port);
  if (drops !== undefined) findings.push(dropFinding(drops, port as number));
  return findings;
}

function bufferFinding(limit: number): Finding {
  const subject = 'receive buffer';
  const text = `the kernel grants up to ${quantity(limit, bytes)} (net.core.rmem_max)`;
  if (limit >= wishedBytes) return ok(subject, text);
  return note(
    subject,
    `${text}, goodall asks for ${quantity(wishedBytes, bytes)}: bursts may be lost`,
    `sysctl -w net.core.rmem_max=${wishedBytes}, and in /etc/sysctl.d to keep it; then start goodall anew`,
  );
}

function dropFinding(drops: number, port: number): Finding {
  if (drops === 0) return ok('drops', `the kernel dropped no datagram on UDP port ${port}`);
  return fault(
    'drops',
    `the kernel dropped ${plainNumber(drops)} datagrams on UDP port ${port} since goodall started`,
    'raise net.core.rmem_max and --receive-buffer, pack several lines into a datagram, or sample',
  );
}

async function numberIn(path: string): Promise<number | undefined> {
  const text = await readFile(path, 'latin1').catch(() => '');
  return text === '' ? undefined : Number(text);
}
