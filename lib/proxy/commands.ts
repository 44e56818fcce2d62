import { type CommandSet, configText, type Health, type Output } from '../admin/commands.js';
import type { Clock } from '../clock.js';

/** One line of `stats`: `group.name: value`. */
export interface ProxyStat {
  readonly group: string;
  readonly name: string;
  readonly value: number;
}

export interface ProxyCommandSources {
  readonly health: Health;
  /** `host:port` of the nodes in the ring, in its order. */
  readonly nodes: () => readonly string[];
  readonly stats: () => Promise<readonly ProxyStat[]>;
  /** The file as it is. */
  readonly config: () => object;
  readonly clock: Clock;
}

/**
 * The commands of the proxy's console, answered as statsd's proxy does to the byte, and `stats`, which that has
 * not.
 */
export class ProxyCommands implements CommandSet {
  private readonly startedAtMs: number;

  constructor(private readonly sources: ProxyCommandSources) {
    this.startedAtMs = sources.clock.monotonic();
  }

  async run(line: string, output: Output): Promise<void> {
    const [name, ...parameters] = line.split(' ');
    switch (name) {
      case 'help':
        // Word for word statsd's: it does not name what statsd does not have.
        return output.write('Commands: config, health, status, quit\n\n');
      case 'config':
        return output.write(configText(this.sources.config()));
      case 'health':
        return output.write(this.health(parameters));
      case 'status':
        return output.write(this.status());
      case 'stats':
        return output.write(await this.stats());
      case 'quit':
        return output.end();
      default:
        return output.write('ERROR\n');
    }
  }

  needsNoLineEnd(line: string): boolean {
    return /^(help|config|status|stats|health( up| down)?|quit)$/.test(line);
  }

  private health([wanted]: readonly string[]): string {
    const { health } = this.sources;
    const status = wanted?.toLowerCase();
    if (status === 'up' || status === 'down') health.status = status;
    return `health: ${health.status}\n`;
  }

  private status(): string {
    const nodes = this.sources.nodes().map((node) => `${node} `);
    return `${this.uptime()}nodes: ${nodes.join('')}\n`;
  }

  private async stats(): Promise<string> {
    const lines = (await this.sources.stats()).map(
      ({ group, name, value }) => `${group}.${name}: ${value}\n`,
    );
    return `${this.uptime()}${lines.join('')}END\n\n`;
  }

  private uptime(): string {
    return `uptime: ${Math.round((this.sources.clock.monotonic() - this.startedAtMs) / 1000)}\n`;
  }
}
