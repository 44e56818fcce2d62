import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { GoodallError } from '../../errors.js';
import { lossOf, lostShare } from '../../query/loss.js';
import { digits, duration, plainNumber, quantity } from '../../report/numbers.js';
import { type Refusal, refusalText } from '../../series/refusals.js';
import { SqliteReader } from '../../storage/sqlite/reader.js';
import { type Finding, fault, note, ok } from './finding.js';

const bytes = { kind: 'bytes', factor: 1 } as const;
const dayMs = 86_400_000;
/** Names that are told of. */
const mostRefusals = 3;
const leastFreeBytes = 256 << 20;
/** A flush may be so late without a fault, however short the interval. */
const leastLateMs = 30_000;

/** The running server that says it writes the database. */
export interface Writer {
  /** When it opened the database. */
  readonly sinceMs: number;
  /** What it finds wrong itself. */
  readonly problems: readonly string[];
}

/** Whether a database can be opened and written, how large it is, and what it tells of the server that writes it. */
export async function databaseFindings(path: string, nowMs: number, writer?: Writer): Promise<Finding[]> {
  let reader: SqliteReader;
  try {
    reader = await SqliteReader.open(path);
  } catch (error) {
    if (!(error instanceof GoodallError)) throw error;
    return [fault('database', ...textAndRemedy(error.message))];
  }
  try {
    const ingest = await reader.ingest({ sinceMs: nowMs - dayMs, untilMs: nowMs + 10 * dayMs });
    const newest = ingest.at(-1);
    return [
      await sizeFinding(path),
      await writableFinding(path),
      await spaceFinding(path),
      lossFinding(lossOf(ingest)),
      ...refusalFindings(await reader.refusals({ sinceMs: nowMs - dayMs, untilMs: nowMs + 10 * dayMs })),
      flushFinding(newest && { ageMs: nowMs - newest.timeMs - newest.stepMs, intervalMs: newest.stepMs }, {
        nowMs,
        writer,
      }),
    ];
  } finally {
    await reader.close();
  }
}

/** Messages of errors end with what to do. */
function textAndRemedy(message: string): [text: string, remedy: string] {
  const end = message.lastIndexOf('; ');
  if (end < 0) return [message, 'name the file that goodall writes with --db'];
  return [message.slice(0, end), message.slice(end + 2)];
}

async function sizeFinding(path: string): Promise<Finding> {
  const { size } = await stat(path);
  const log = await stat(`${path}-wal`).catch(() => undefined);
  const text = `${path} takes ${quantity(size, bytes)}, and its log ${quantity(log?.size ?? 0, bytes)}`;
  return ok('database', text);
}

async function writableFinding(path: string): Promise<Finding> {
  const unwritable: string[] = [];
  for (const place of [path, dirname(resolve(path))]) {
    await access(place, constants.W_OK).catch(() => unwritable.push(place));
  }
  if (unwritable.length === 0) return ok('database', 'this user may write it');
  const text = `this user may not write ${unwritable.join(' and ')}`;
  return note('database', text, 'the user that goodall runs as must be able to');
}

async function spaceFinding(path: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(path);
  const text = `${quantity(bavail * bsize, bytes)} are free on its file system`;
  if (bavail * bsize >= leastFreeBytes) return ok('disk', text);
  return fault('disk', text, 'free some space, or shorten --retention');
}

function lossFinding(loss: ReturnType<typeof lossOf>): Finding {
  const { datagramsDropped: dropped, datagramsReceived } = loss;
  const subject = 'loss';
  const received = `${plainNumber(datagramsReceived)} datagrams were received within a day`;
  if (dropped === undefined) {
    return ok(subject, `${received}; how many were lost before is not known on this system`);
  }
  if (dropped === 0) return ok(subject, `${received}, and none was dropped before that`);
  const share = digits(Number((lostShare(loss) * 100).toPrecision(2)));
  return fault(
    subject,
    `${received}; ${plainNumber(dropped)} more (${share} %) were dropped`,
    'goodall-report marks the windows; raise net.core.rmem_max and --receive-buffer',
  );
}

function refusalFindings(refusals: readonly Refusal[]): Finding[] {
  if (refusals.length === 0) return [ok('series', 'all that came within a day had room')];
  return refusals.slice(0, mostRefusals).map((refusal) => {
    const cure =
      refusal.tag === '' ? 'take out of the names' : `take the tag ${refusal.tag} out, or put into it`;
    const remedy = `at the sender, ${cure} what is always new; or raise --${refusal.limit}; goodall-report top --refused has all`;
    return note('series', refusalText(refusal), remedy);
  });
}

/** @param newest of a day; undefined where that has none */
function flushFinding(
  newest: { readonly ageMs: number; readonly intervalMs: number } | undefined,
  { nowMs, writer }: { readonly nowMs: number; readonly writer: Writer | undefined },
): Finding {
  const subject = 'flushes';
  const { ageMs, intervalMs } = newest ?? { ageMs: dayMs, intervalMs: 0 };
  if (ageMs < -intervalMs) {
    const text = `the newest is ${duration(-ageMs)} in the future`;
    return fault(subject, text, 'synchronise the clocks of the hosts with NTP');
  }
  if (ageMs <= 3 * intervalMs) return ok(subject, `are written every ${duration(intervalMs)}`);
  const text =
    newest === undefined ? 'none was written within a day' : `the newest is ${duration(ageMs)} old`;
  if (writer === undefined)
    return note(subject, text, 'is a server running, and is this the file that it writes?');
  if (writer.problems.length > 0) return note(subject, text, 'the server says why, above');
  const lateMs = Math.max(leastLateMs, 3 * intervalMs);
  if (ageMs <= lateMs || nowMs - writer.sinceMs <= lateMs)
    return note(subject, text, 'a server has this file: look again in a minute');
  return fault(
    subject,
    `${text}, though a server has this file and finds itself well`,
    'see the log of the server; if the file was moved or restored under it, start goodall anew',
  );
}
