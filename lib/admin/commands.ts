import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DeletableKind, LiveView } from '../aggregate/live-view.js';
import type { Clock } from '../clock.js';
import { dump, inspectNotation, jsonNotation, type Notation } from './dump.js';

/** Where answers go. `write` resolves when more may be written. */
export interface Output {
  /** Whether anybody is there to be answered. */
  readonly isOpen: boolean;
  write(text: string): Promise<void>;
  /** Ends the conversation. */
  end(): void;
}

/** What a console understands. */
export interface CommandSet {
  /** Answers one line, trimmed. A line that is no command is answered so; rejects only when a source fails. */
  run(line: string, output: Output): Promise<void>;
  /**
   * Whether a line may be answered before its end comes: it is a command as it stands, and repeating or
   * completing it would do no harm.
   */
  needsNoLineEnd(line: string): boolean;
}

export type HealthStatus = 'up' | 'down';

/** What the server says of its health to whoever balances load: whatever was set last. */
export interface Health {
  status: HealthStatus;
}

/**
 * One line of `stats`: `group.name: value`. A name that starts with `last_` has Unix seconds, shown as an age.
 */
export interface Stat {
  readonly group: string;
  readonly name: string;
  readonly value: number | string;
}

export interface CommandSources {
  readonly view: LiveView;
  readonly health: Health;
  /**
   * The lines of `stats` after `uptime`: `messages.last_msg_seen`, `messages.bad_lines_seen`, then each
   * backend's.
   */
  readonly stats: () => readonly Stat[] | Promise<readonly Stat[]>;
  /** What the server runs with. */
  readonly config: () => object;
  readonly clock: Clock;
}

type Command = (parameters: readonly string[], output: Output) => Promise<void>;

const end = 'END\n\n';

/** Word for word statsd's: it does not name what statsd does not have. */
const helpText =
  'Commands: stats, counters, timers, gauges, delcounters, deltimers, delgauges, health, config, quit\n\n';

const dumpKinds = ['counters', 'timers', 'gauges', 'sets'] as const;
type DumpKind = (typeof dumpKinds)[number];

/** The commands of statsd's management console, answered as statsd does to the byte, and a few more. */
export class Commands implements CommandSet {
  private readonly sources: CommandSources;
  private readonly startedAtMs: number;
  private readonly commands: ReadonlyMap<string, Command>;

  constructor(sources: CommandSources) {
    this.sources = sources;
    this.startedAtMs = sources.clock.monotonic();
    this.commands = new Map<string, Command>([
      ['help', (_, output) => output.write(helpText)],
      ['config', (_, output) => output.write(configText(sources.config()))],
      ['health', (parameters, output) => output.write(this.health(parameters))],
      ['stats', async (_, output) => output.write(await this.stats())],
      ...dumpKinds.map((kind): [string, Command] => [
        kind,
        (_, output) => this.dump(kind, inspectNotation, `\n${end}`, output),
      ]),
      ['json', (parameters, output) => this.json(parameters, output)],
      ['delcounters', (parameters, output) => this.delete('counters', parameters, output)],
      ['deltimers', (parameters, output) => this.delete('timers', parameters, output)],
      ['delgauges', (parameters, output) => this.delete('gauges', parameters, output)],
      ['quit', async (_, output) => output.end()],
    ]);
  }

  async run(line: string, output: Output): Promise<void> {
    const [name = '', ...parameters] = line.split(' ');
    const command = this.commands.get(name) ?? unknownCommand;
    await command(parameters, output);
  }

  /** Not deletions: half a name can be another name. */
  needsNoLineEnd(line: string): boolean {
    return /^(help|config|stats|health( up| down)?|(json )?(counters|timers|gauges|sets)|quit)$/.test(line);
  }

  private health([wanted]: readonly string[]): string {
    const { health } = this.sources;
    const status = wanted?.toLowerCase();
    if (status === 'up' || status === 'down') health.status = status;
    return `health: ${health.status}\n`;
  }

  private async stats(): Promise<string> {
    const { clock, stats } = this.sources;
    const uptime = Math.round((clock.monotonic() - this.startedAtMs) / 1000);
    const nowSeconds = Math.round(clock.now() / 1000);
    const lines = (await stats()).map(({ group, name, value }) => {
      const shown = name.startsWith('last_') ? nowSeconds - Number(value) : value;
      return `${group}.${name}: ${shown}\n`;
    });
    return `uptime: ${uptime}\n${lines.join('')}${end}`;
  }

  private async json([kind]: readonly string[], output: Output): Promise<void> {
    if (isDumpKind(kind)) await this.dump(kind, jsonNotation, '\n', output);
    else await unknownCommand([], output);
  }

  private async dump(kind: DumpKind, notation: Notation, tail: string, output: Output): Promise<void> {
    for (const piece of dump(await this.sources.view[kind](), notation, tail)) {
      if (!output.isOpen) return;
      await output.write(piece);
      await nextTurn();
    }
  }

  private async delete(kind: DeletableKind, patterns: readonly string[], output: Output): Promise<void> {
    const deleted = await this.sources.view.delete(kind, patterns);
    const lines = deleted.map((names, i) =>
      names.length === 0
        ? `metric ${patterns[i]} not found\n`
        : names.map((name) => `deleted: ${name}\n`).join(''),
    );
    await output.write(lines.join('') + end);
  }
}

const unknownCommand: Command = (_, output) => output.write('ERROR\n');

function isDumpKind(word: string | undefined): word is DumpKind {
  return dumpKinds.some((kind) => kind === word);
}

/**
 * statsd's way to show a configuration: `key: value` lines after an empty one; what holds more values has a
 * `key > part: value` line for each.
 */
export function configText(config: object): string {
  const lines = Object.entries(config).map(([key, value]) => {
    if (typeof value !== 'object') return `${key}: ${value}\n`;
    const parts = Object.entries(value ?? {}).map(([part, held]) => `${key} > ${part}: ${held}\n`);
    return parts.join('');
  });
  return `\n${lines.join('')}`;
}
