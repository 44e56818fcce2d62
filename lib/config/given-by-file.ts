import type { FileEntry } from './file-text.js';
import { type Given, type GivenValues, guess, shown } from './given.js';
import { backendName, type Kind, listed } from './kinds.js';
import { flagName, type OptionKey, optionKeys } from './options.js';
import { readServers } from './servers.js';
import { type StatsdKey, serverKeys, statsdKeys, statsdOptions } from './statsd-keys.js';
import type { Mapping } from './statsd-kinds.js';

/** What a file says. */
export interface FileGiven {
  readonly options: GivenValues;
  /**
   * Keys of statsd that are no options, and keys that nobody here knows, with their values as they were read.
   */
  readonly settings: Mapping;
  /** Where each of the settings stands. */
  readonly origins: Readonly<Record<string, string>>;
  /** Every key of a file of statsd's, in its order; of another file, the settings. */
  readonly raw: Mapping;
}

export interface FileInput {
  readonly path: string;
  readonly entries: readonly FileEntry[];
  /** Whether it is a file of statsd's: one that statsd runs with must do here too. */
  readonly isStatsd: boolean;
  readonly problems: string[];
  readonly warnings: string[];
}

/** Sorts out what a file says. Keys may be written as the flags are, in camel case, or as statsd has them. */
export function givenByFile(input: FileInput): FileGiven {
  return new FileReading(input).result();
}

/** Names that may stand for an option. */
const optionNames: ReadonlyMap<string, OptionKey> = new Map([
  ...optionKeys.flatMap((key): [string, OptionKey][] => [
    [flagName(key), key],
    [key, key],
  ]),
  ...statsdOptions,
]);
const knownNames: readonly string[] = [...optionNames.keys(), ...statsdKeys.keys(), ...serverKeys];
const ownBackends = ['console', 'graphite', 'repeater'];

class FileReading {
  private readonly input: FileInput;
  private readonly options = new Map<OptionKey, Given>();
  private readonly lines = new Map<OptionKey, number>();
  private readonly settings: Record<string, unknown> = Object.create(null);
  private readonly origins: Record<string, string> = Object.create(null);
  private readonly raw: Record<string, unknown> = Object.create(null);
  private readonly serverEntries = new Map<string, FileEntry>();

  constructor(input: FileInput) {
    this.input = input;
    for (const entry of input.entries) this.add(entry);
    this.addServers();
    if (this.settings.debug === true && !this.options.has('logLevel')) {
      this.options.set('logLevel', { value: 'debug', origin: this.origins.debug ?? '' });
    }
    if (input.isStatsd) this.addStatsdDefaults();
  }

  result(): FileGiven {
    return {
      options: this.options,
      settings: { ...this.settings },
      origins: { ...this.origins },
      raw: { ...(this.input.isStatsd ? this.raw : this.settings) },
    };
  }

  private add(entry: FileEntry): void {
    const { key: word, value } = entry;
    const key = optionNames.get(word);
    const known = statsdKeys.get(word);
    // Of the options, statsd's backends know those that statsd has too.
    if (key === undefined || statsdOptions.has(word)) this.raw[word] = value;
    // In JavaScript, what the environment does not have is there and undefined.
    const isAbsent = value === undefined || value === null || (value === '' && word.endsWith('address'));
    if (isAbsent && (this.input.isStatsd || key === undefined) && knownNames.includes(word)) return;
    if (serverKeys.includes(word)) this.serverEntries.set(word, entry);
    else if (key !== undefined) this.addOption(key, entry);
    else if (known !== undefined) this.addSetting(known, entry);
    else this.addUnknown(entry);
  }

  private addOption(key: OptionKey, { key: word, value, line }: FileEntry): void {
    const origin = this.originOf(line);
    const before = this.lines.get(key);
    if (before !== undefined) {
      this.input.problems.push(
        `${shown(word)}: ${shown(value)} (${origin}) repeats line ${before}; keep one of them`,
      );
      return;
    }
    this.options.set(key, { value, origin });
    this.lines.set(key, line);
  }

  private addSetting({ kind, parts, unfollowed }: StatsdKey, { key, value, line }: FileEntry): void {
    const origin = this.originOf(line);
    const whole = this.judged(kind, key, value, origin);
    if (whole === undefined) return;
    const read = parts === undefined ? whole : this.judgedParts(parts, key, whole as Mapping, origin);
    this.settings[key] = read;
    this.raw[key] = read;
    this.origins[key] = origin;
    const reason = unfollowed?.(read);
    if (reason !== undefined) this.input.warnings.push(`${key} (${origin}) is not followed: ${reason}`);
  }

  private judgedParts(
    parts: NonNullable<StatsdKey['parts']>,
    key: string,
    whole: Mapping,
    origin: string,
  ): Mapping {
    return Object.fromEntries(
      Object.entries(whole).map(([part, value]) => {
        const kind = Object.hasOwn(parts, part) ? parts[part] : undefined;
        const isJudged = kind !== undefined && value !== undefined && value !== null;
        return [part, isJudged ? this.judged(kind, `${key}.${part}`, value, origin) : value];
      }),
    );
  }

  private judged(kind: Kind<unknown>, key: string, value: unknown, origin: string): unknown {
    const read = kind.read(value);
    if (read === undefined) {
      this.input.problems.push(`${key}: ${shown(value)} (${origin}) is not ${kind.noun}: ${kind.allowed}`);
    }
    return read;
  }

  /** Backends of others read keys that nobody here knows; without one, such a key is a slip. */
  private addUnknown({ key, value, line }: FileEntry): void {
    const { isStatsd, problems, warnings } = this.input;
    const origin = this.originOf(line);
    const hasForeign = this.backends().some((name) => !ownBackends.includes(name));
    if (isStatsd || hasForeign) {
      this.settings[key] = value;
      this.origins[key] = origin;
      if (!hasForeign) warnings.push(`nothing here reads ${shown(key)} (${origin})${guess(key, knownNames)}`);
      return;
    }
    const hint = guess(key, knownNames) || '; goodall --help lists the options';
    problems.push(`${shown(key)}: ${shown(value)} (${origin}) is not an option${hint}`);
  }

  private backends(): readonly string[] {
    const given = this.input.entries.find(({ key }) => key === 'backends')?.value;
    return listed(given ?? []).map((part) => backendName.read(part) ?? '');
  }

  private addServers(): void {
    const all = this.serverEntries.get('servers');
    const entry = all ?? [...this.serverEntries.values()][0];
    if (entry === undefined) return;
    const origin = this.originOf(entry.line);
    const isList = entry.key === 'servers';
    if (isList && !Array.isArray(entry.value)) {
      this.input.problems.push(`servers: ${shown(entry.value)} (${origin}) is not a list of servers`);
      return;
    }
    const single = Object.fromEntries([...this.serverEntries].map(([key, { value }]) => [key, value]));
    const top = { address: this.options.get('address')?.value, port: this.options.get('port')?.value };
    const servers: readonly unknown[] = isList ? (entry.value as unknown[]) : [{ ...top, ...single }];
    const { main, listen } = readServers(servers, (part, value, wrong) => {
      const name = isList ? `servers${part}` : part.replace(/^\[0\]\./, '');
      this.input.problems.push(`${name}: ${shown(value)} (${origin}) ${wrong}`);
    });
    const further = listed(this.options.get('listen')?.value ?? []);
    const set = (key: OptionKey, value: unknown): unknown => this.options.set(key, { value, origin });
    if (main === undefined) set('udp', false);
    else {
      set('address', main.address);
      set('port', main.port);
    }
    if (listen.length > 0) set('listen', [...listen, ...further]);
  }

  private addStatsdDefaults(): void {
    const origin = `for ${shown(this.input.path)}, a file of statsd's`;
    const defaults: [OptionKey, unknown][] = [
      ['dialect', 'statsd'],
      ['probe', false],
      // Whatever runs beside statsd may have the port.
      ['httpPort', 0],
    ];
    // statsd writes to Graphite when nothing is said, which does nothing without a host.
    if (this.settings.graphiteHost !== undefined) defaults.push(['backends', ['graphite']]);
    for (const [key, value] of defaults) {
      if (!this.options.has(key)) this.options.set(key, { value, origin });
    }
  }

  private originOf(line: number): string {
    return `from ${shown(this.input.path)}, line ${line}`;
  }
}
