import { systemClock } from '../../clock.js';
import { ExitCode, UsageError } from '../../errors.js';
import { jsonText } from '../../report/json-text.js';
import { printable } from '../../report/text.js';
import type { Finding } from '../doctor/finding.js';
import { hostFindings } from '../doctor/host-findings.js';
import { serverFindings } from '../doctor/server-findings.js';
import { packetFindings } from '../doctor/test-packet.js';
import { readUrl } from '../report-sources.js';
import { writeLines } from '../write-lines.js';
import { type Command, databaseOf, isOn, textOf, textOption } from './command.js';

/** Beside the codes of all programs: something is wrong. */
const exitWithFaults = 1;

export const command: Command = {
  name: 'doctor',
  operands: '',
  description: [
    'Looks at a running server on this host and at its database: addresses, receive buffer, drops, the disk, the',
    'clock. Sends a line (the gauge goodall_doctor) to each of its UDP, TCP and Unix listeners and waits until',
    'they are written.',
  ],
  options: {
    db: textOption('database file [default: goodall.db]', { offers: 'files' }),
    url: textOption('HTTP listener of the server [default: what the server of the database says it is]'),
    passive: { type: 'boolean', describe: 'send no packet' },
    format: textOption('table or json [default: table]', { offers: ['table', 'json'] }),
  },
  examples: [
    ['', 'the server whose database is in this directory'],
    ['--passive --format json', 'for a program, and without a test packet'],
  ],
  epilog: ['Exit codes: 0 nothing is wrong; 1 something is; 64 wrong usage.'],
  async run(flags, terminal) {
    const db = databaseOf(flags);
    const given = textOf(flags, 'url');
    if (given !== undefined) readUrl(given);
    const format = textOf(flags, 'format') ?? 'table';
    if (format !== 'table' && format !== 'json') {
      throw new UsageError(`--format: ${JSON.stringify(format)} is not allowed; give table or json`);
    }
    if (flags.operands.length > 0) throw new UsageError('doctor takes options only: --db FILE, --url URL');
    // Only now: help and wrong usage must not wait for SQLite to load.
    const [{ databaseFindings }, { knownServer }] = await Promise.all([
      import('../doctor/database-findings.js'),
      import('../doctor/known-server.js'),
    ]);
    const known = await knownServer(db);
    const url = given ?? known?.url ?? 'http://127.0.0.1:8080';
    const { findings, health } = await serverFindings(url, systemClock.now);
    const all = [...findings, ...(await hostFindings(health))];
    const packets: Finding[] = [];
    if (health !== undefined && !isOn(flags, 'passive')) {
      terminal.progress?.('waiting for the test packet to be flushed');
      packets.push(...(await packetFindings(url, health, systemClock)));
      terminal.progress?.('');
    }
    // Behind the packets, which were written then.
    const isWriter = known !== undefined && health !== undefined && samePort(known.url, url);
    const writer = isWriter ? { sinceMs: known.sinceMs, problems: health.problems } : undefined;
    all.push(...(await databaseFindings(db, systemClock.now(), writer)), ...packets);
    const lines = format === 'json' ? [`[\n${all.map(jsonText).join(',\n')}\n]`] : textLines(all);
    await writeLines(lines, '\n', terminal);
    return all.some(({ level }) => level === 'fault') ? exitWithFaults : ExitCode.Ok;
  },
};

/** A server may be called by several addresses of its host. */
function samePort(...urls: readonly string[]): boolean {
  return new Set(urls.map((url) => new URL(url).port)).size === 1;
}

function* textLines(findings: readonly Finding[]): Generator<string> {
  const marks = { ok: 'ok   ', note: 'note ', fault: 'FAULT' } as const;
  for (const { level, subject, text, remedy } of findings) {
    yield printable(`${marks[level]}  ${subject}: ${text}`);
    if (remedy !== undefined) yield printable(`       -> ${remedy}`);
  }
}
