import { readFile } from 'node:fs/promises';
import { plainNumber, quantity } from '../../report/numbers.js';
import { dropsOnPort } from '../../transport/drops.js';
import { type Finding, fault, note, ok } from './finding.js';
import type { Health, Listener } from './server-findings.js';

const bytes = { kind: 'bytes', factor: 1 } as const;

/** Limits and counters of the kernel, on Linux; nothing elsewhere. */
export async function hostFindings(
  health: Health | undefined,
  roots = { proc: '/proc' },
): Promise<Finding[]> {
  const limit = await numberIn(`${roots.proc}/sys/net/core/rmem_max`);
  const findings = (health?.listeners ?? []).flatMap((listener) => bufferFindings(listener, limit));
  for (const { name, port } of health?.listeners ?? []) {
    if (name !== 'udp' || port === undefined) continue;
    const drops = await dropsOnPort(port);
    if (drops !== undefined) findings.push(dropFinding(drops, port));
  }
  return findings;
}

/** @param limit `net.core.rmem_max`; undefined where there is none */
function bufferFindings({ name, receiveBuffer }: Listener, limit: number | undefined): Finding[] {
  if (receiveBuffer === undefined) return [];
  const { askedBytes, grantedBytes } = receiveBuffer;
  const subject = `${name} receive buffer`;
  const granted = `the kernel granted ${quantity(grantedBytes, bytes)}`;
  if (grantedBytes >= askedBytes) return [ok(subject, `${granted}, all that goodall asked for`)];
  const cause = limit === undefined ? '' : `; net.core.rmem_max is ${quantity(limit, bytes)}`;
  return [
    note(
      subject,
      `${granted} of ${quantity(askedBytes, bytes)} that goodall asked for${cause}: bursts may be lost`,
      limit === undefined
        ? 'raise what the system allows for --receive-buffer'
        : `sysctl -w net.core.rmem_max=${askedBytes}, and in /etc/sysctl.d to keep it; then start goodall anew`,
    ),
  ];
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
