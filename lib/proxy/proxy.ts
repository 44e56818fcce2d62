import type { Health } from '../admin/commands.js';
import { ManagementConsole } from '../admin/console.js';
import type { Clock, Timer } from '../clock.js';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import type { Transport } from '../transport/transports.js';
import { ProxyCommands, type ProxyStat } from './commands.js';
import type { ProxyConfig } from './config.js';
import { type Counted, Counts } from './counts.js';
import type { Forwarder } from './forwarder.js';
import { HealthWatch } from './health-watch.js';
import { lookUp } from './look-up.js';
import { LossLog } from './loss-log.js';
import { type Member, Members } from './members.js';
import { openForwarder } from './open-forwarder.js';

export interface ProxyOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly transport: Transport;
  /** What to do when forwarding fails for good. */
  readonly onError: (error: Error) => void;
}

/** Bytes asked of the system for the receive buffer, as the server does. */
const receiveBufferBytes = 16 * 1024 * 1024;

/** How often losses are told, if there are any. */
const lossLogMs = 10_000;

/** Options that a reload cannot change. */
const fixedKeys = ['listener', 'address', 'port', 'mgmtAddress', 'mgmtPort', 'cacheSize'] as const;

const counted: readonly Counted[] = [
  'datagramsReceived',
  'bytesReceived',
  'datagramsSent',
  'linesSent',
  'linesWithoutNode',
  'linesUnsent',
  'linesUnfinished',
];

/** statsd's cluster proxy: spreads the lines it receives over several servers, each series to one of them. */
export class ClusterProxy {
  private readonly counts = new Counts();
  private readonly members = new Members((number) => this.counts.forgetNode(number));
  private readonly losses = new LossLog(this.counts);
  private readonly health: Health = { status: 'up' };
  private readonly watch: HealthWatch;
  private readonly console: ManagementConsole;
  private forwarder!: Forwarder;
  private lossTimer: Timer;
  private mgmt = '';

  private constructor(
    private config: ProxyConfig,
    private readonly options: ProxyOptions,
  ) {
    const { clock, logger } = options;
    this.watch = new HealthWatch({
      clock,
      members: () => this.members.all,
      intervalMs: () => this.config.checkIntervalMs,
      prefersIpv6: () => this.config.prefersIpv6,
      onResult: (member, reason, hasMoved) => this.judge(member, reason, hasMoved),
    });
    const commands = new ProxyCommands({
      health: this.health,
      nodes: () => this.members.inRing,
      stats: () => this.stats(),
      config: () => this.config.raw,
      clock,
    });
    const advice = 'choose another mgmt_port or mgmt_address, or stop the program that has it';
    this.console = new ManagementConsole({ commands, clock, logger, advice });
  }

  /**
   * Binds everything and begins to forward.
   *
   * @throws UdpBindError or ListenerBindError when an address cannot be bound
   */
  static async start(config: ProxyConfig, options: ProxyOptions): Promise<ClusterProxy> {
    const proxy = new ClusterProxy(config, options);
    await proxy.open();
    return proxy;
  }

  /** What was bound, for a person. */
  get listeners(): readonly string[] {
    return [this.forwarder.listener, this.mgmt];
  }

  /** Takes over another configuration as far as that goes without a restart. */
  async reload(config: ProxyConfig): Promise<void> {
    const { logger } = this.options;
    const stuck = fixedKeys.filter((key) => config[key] !== this.config[key]);
    if (stuck.length > 0) logger.warn(`restart the proxy for the change of ${stuck.join(', ')}`);
    this.config = config;
    const { added, gone } = this.members.configure(config.nodes);
    await this.lookUpNew();
    this.forwarder.use(this.members.routes);
    for (const id of added) logger.info(`node ${id} is new`);
    for (const id of gone) logger.info(`node ${id} is gone`);
    logger.info(`configuration taken over: ${config.nodes.length} nodes`);
  }

  /** Forwards what has been received, then ends. */
  async stop(): Promise<void> {
    const { clock, logger } = this.options;
    this.watch.stop();
    clock.clearTimer(this.lossTimer);
    await this.forwarder.finish();
    await this.console.close();
    for (const line of this.losses.lines(await this.forwarder.dropped())) logger.warn(line);
    logger.info(
      `stopped: ${this.counts.get('datagramsReceived')} datagrams received, ${this.counts.get('linesSent')} lines sent on`,
    );
  }

  private async open(): Promise<void> {
    const { config, counts } = this;
    this.members.configure(config.nodes);
    await this.lookUpNew();
    const options = { ...this.options, ...config, receiveBufferBytes };
    this.forwarder = await openForwarder(this.members.routes, counts, options);
    try {
      const { address, port } = await this.console.start(config.mgmtPort, config.mgmtAddress);
      this.mgmt = `mgmt ${address.includes(':') ? `[${address}]` : address}:${port}`;
    } catch (error) {
      await this.forwarder.finish();
      throw error;
    }
    this.watch.start();
    this.tellLosses();
  }

  /** A node whose name is unknown is out of the ring until a check finds it. */
  private async lookUpNew(): Promise<void> {
    const unknown = this.members.all.filter(({ address }) => address === undefined);
    await Promise.all(
      unknown.map(async (member) => {
        try {
          member.address = await lookUp(member.config.host, this.config.prefersIpv6);
        } catch (error) {
          this.remove(member, `its name: ${messageOf(error)}`);
        }
      }),
    );
  }

  private judge(member: Member, reason: string | undefined, hasMoved: boolean): void {
    const { logger } = this.options;
    const { id } = member.config;
    if (reason !== undefined) {
      if (!this.remove(member, reason)) return;
    } else if (this.members.mark(member, true)) {
      logger.warn(`Adding node ${id} to the ring.`);
    } else if (!hasMoved) {
      return;
    }
    this.forwarder.use(this.members.routes);
  }

  private remove(member: Member, reason: string): boolean {
    const isChange = this.members.mark(member, false);
    if (isChange) this.options.logger.warn(`Removing node ${member.config.id} from the ring. (${reason})`);
    return isChange;
  }

  private async stats(): Promise<ProxyStat[]> {
    const dropped = await this.forwarder.dropped();
    return [
      ...counted.map((what) => ({ group: 'proxy', name: snakeCase(what), value: this.counts.get(what) })),
      ...(dropped === undefined ? [] : [{ group: 'proxy', name: 'datagrams_dropped', value: dropped }]),
      ...this.members.all.map(({ config, number }) => ({
        group: config.id,
        name: 'lines_sent',
        value: this.counts.linesTo(number),
      })),
    ];
  }

  private tellLosses(): void {
    const { clock, logger } = this.options;
    this.lossTimer = clock.setTimer(() => {
      void this.forwarder.dropped().then((dropped) => {
        for (const line of this.losses.lines(dropped)) logger.warn(line);
      });
      this.tellLosses();
    }, lossLogMs);
  }
}

function snakeCase(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
