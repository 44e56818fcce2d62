import { setImmediate as nextTurn } from 'node:timers/promises';
import { Commands, type Health, type Stat } from '../../lib/admin/commands.js';
import { ManagementConsole } from '../../lib/admin/console.js';
import type { LiveView } from '../../lib/aggregate/live-view.js';
import { KernelIngestor } from '../../lib/ingest/kernel-ingestor.js';
import { localSource, MergedView } from '../../lib/ingest/merged-view.js';
import { KernelNumbering } from '../../lib/kernel/keys.js';
import { ReceiveSlots } from '../../lib/kernel/slots.js';
import { type LogLevel, lineLogger } from '../../lib/log.js';
import { FakeClock } from '../support/fake-clock.js';
import { Recorder } from '../support/recorder.js';

const slotBytes = 1500;

const ingestOptions = {
  dialect: 'statsd',
  sanitizeNames: true,
  maxSeries: 100_000,
  intervalMs: 10_000,
  sketch: {},
  gauges: [],
  slots: 1,
  receiveBytes: ReceiveSlots.regionBytes(1, slotBytes),
  maxMemoryBytes: 2 ** 28,
} as const;

/** A console on a free port of the loopback interface, with real aggregates behind it. */
export class ConsoleRig {
  readonly clock = new FakeClock();
  private readonly ingestor: KernelIngestor;
  private readonly slots: ReceiveSlots;
  readonly record: Recorder;
  readonly health: Health = { status: 'up' };
  readonly log: string[] = [];
  stats: readonly Stat[] = [];
  config: object = {};
  view: LiveView;
  readonly console: ManagementConsole;
  port = 0;

  constructor(level: LogLevel = 'warn') {
    const { clock, health } = this;
    this.ingestor = new KernelIngestor(ingestOptions, clock.now(), () => '');
    this.slots = new ReceiveSlots(this.ingestor.kernel, slotBytes);
    const { table, aggregator } = this.ingestor;
    this.record = new Recorder(table, aggregator);
    this.view = new MergedView([
      localSource(aggregator, table, new KernelNumbering(this.ingestor.kernel.memory), () => () => {}),
    ]);
    const logger = lineLogger(
      level,
      (line) => this.log.push(line.slice(line.indexOf(' ') + 1)),
      () => clock.now(),
    );
    const stats = () => this.stats;
    const config = () => this.config;
    const commands = new Commands({ view: this.view, health, stats, config, clock });
    const advice = 'choose another --mgmt-port or --mgmt-address, or --mgmt-port 0 for no console';
    this.console = new ManagementConsole({ commands, clock, logger, advice });
  }

  async start(): Promise<void> {
    this.port = (await this.console.start(0, '127.0.0.1')).port;
  }

  /** Receives a datagram in statsd's dialect. */
  datagram(text: string): void {
    const bytes = Buffer.from(text);
    this.slots.put(0, bytes);
    this.ingestor.ingest(1, bytes.length, this.clock.now());
  }

  /** Lets pretended time pass, with real turns of the event loop in between, until something holds. */
  async passTime(stepMs: number, until: () => boolean): Promise<void> {
    while (!until()) {
      this.clock.advance(stepMs);
      await nextTurn();
    }
  }
}

/** A new console for each spec of the surrounding `describe`. */
export function consoleRig(): { readonly rig: ConsoleRig } {
  const held = { rig: undefined as unknown as ConsoleRig };
  beforeEach(async () => {
    held.rig = new ConsoleRig();
    await held.rig.start();
  });
  afterEach(() => held.rig.console.close());
  return held;
}
