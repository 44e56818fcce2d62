import { systemClock } from '../clock.js';
import { ConfigError, ExitCode, type GoodallError, SendError, UsageError } from '../errors.js';
import { type Logger, lineLogger } from '../log.js';
import type { Tag } from '../metric.js';
import { Probe } from '../probe/probe.js';
import { hostSources } from '../probe/sources.js';

/** The command line as typed: texts, which `probeSettings` reads. A flag given twice comes as a list. */
export interface ProbeFlags {
  readonly host?: string | readonly string[] | undefined;
  readonly port?: string | readonly string[] | undefined;
  readonly interval?: string | readonly string[] | undefined;
  readonly prefix?: string | readonly string[] | undefined;
  readonly tags?: string | readonly string[] | undefined;
  readonly once?: boolean | undefined;
}

export interface ProbeSettings {
  readonly host: string;
  readonly port: number;
  readonly intervalMs: number;
  readonly prefix: string;
  readonly tags: readonly Tag[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What `--once` measures over. */
const onceMs = 1000;

/**
 * Runs `goodall-probe` until SIGTERM or SIGINT, or for one sample, and resolves with its exit code. Rejects
 * with SendError when that one sample could not be sent.
 *
 * @param write takes whole lines for standard error
 */
export async function runProbe(
  flags: ProbeFlags,
  env: Environment,
  write: (line: string) => void,
): Promise<ExitCode> {
  const settings = probeSettings(flags, env);
  const logger = lineLogger('info', write, systemClock.now);
  const ended = nextSignal();
  if (flags.once) {
    await sendOnce(settings, logger, ended);
    return ExitCode.Ok;
  }
  const probe = new Probe({ ...settings, clock: systemClock, logger, sources: hostSources() });
  const { host, port, intervalMs } = settings;
  logger.info(`probe: sends to ${host}:${port} every ${intervalMs} ms`);
  await probe.start();
  await ended;
  await probe.stop();
  return ExitCode.Ok;
}

/** Nobody reads the log of a single run: what cannot be sent is its failure. */
async function sendOnce(settings: ProbeSettings, logger: Logger, ended: Promise<void>): Promise<void> {
  const failures: Error[] = [];
  const onSendError = (error: Error): void => void failures.push(error);
  const probe = new Probe({ ...settings, clock: systemClock, logger, sources: hostSources(), onSendError });
  await probe.sampleOnce();
  await Promise.race([
    ended,
    new Promise((resolve) => systemClock.setTimer(() => resolve(undefined), onceMs)),
  ]);
  await probe.sampleOnce();
  await probe.stop();
  const [cause] = failures;
  if (cause === undefined) return;
  const { host, port } = settings;
  throw new SendError(`cannot send to ${host}:${port}: ${cause.message}; is --host right?`, { cause });
}

/** Flags override the environment (`GOODALL_` and the flag in upper case), which overrides the defaults. */
export function probeSettings(flags: ProbeFlags, env: Environment): ProbeSettings {
  const read = <T>(
    flag: keyof ProbeFlags,
    fallback: string,
    parse: (text: string) => T | undefined,
    rule: string,
  ): T => {
    const variable = `GOODALL_${flag.toUpperCase()}`;
    const given = flags[flag];
    if (Array.isArray(given) && flag !== 'tags') throw new UsageError(`--${flag} is given more than once`);
    const typed = Array.isArray(given) ? given.join(',') : (given as string | undefined);
    const text = typed ?? env[variable] ?? fallback;
    const value = parse(text);
    if (value !== undefined) return value;
    throw badValue(typed === undefined ? variable : `--${flag}`, text, rule, typed !== undefined);
  };
  return {
    host: read('host', '127.0.0.1', (text) => text || undefined, 'a host name or an address'),
    port: read('port', '8125', wholeIn(1, 65_535), 'a whole number from 1 to 65535'),
    intervalMs: read(
      'interval',
      '10000',
      wholeIn(100, 86_400_000),
      'whole milliseconds from 100 to 86400000',
    ),
    prefix: read('prefix', '', prefixOf, 'letters, digits and . _ -'),
    tags: read('tags', '', tagsOf, 'key:value, several separated by commas, without | # @ and blanks'),
  };
}

function badValue(where: string, text: string, rule: string, typed: boolean): GoodallError {
  const message = `${where}: ${JSON.stringify(text)} is not allowed; give ${rule}`;
  return typed ? new UsageError(message) : new ConfigError(message);
}

function wholeIn(least: number, most: number): (text: string) => number | undefined {
  return (text) => {
    const value = Number(text);
    return /^\d+$/.test(text) && value >= least && value <= most ? value : undefined;
  };
}

function prefixOf(text: string): string | undefined {
  return /^[\w.-]*$/.test(text) ? text : undefined;
}

function tagsOf(text: string): Tag[] | undefined {
  const words = text.split(',').filter((word) => word !== '');
  if (words.some((word) => /[|#@\s]/.test(word) || word.startsWith(':'))) return undefined;
  return words.map((word) => {
    const colon = word.indexOf(':');
    return colon < 0 ? { key: word, value: '' } : { key: word.slice(0, colon), value: word.slice(colon + 1) };
  });
}

function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}
