import type { Clock } from '../clock.js';
import type { Backend } from '../flush/flush.js';
import type { PacketBatch } from '../ingest/packets.js';
import type { Logger } from '../log.js';
import type { RepeaterSettings } from './repeater-settings.js';
import type { Repetition } from './repetition.js';
import { TcpRepeater } from './tcp-repeater.js';
import { UdpRepeater } from './udp-repeater.js';

export interface RepeaterOptions {
  readonly settings: RepeaterSettings;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Sends every packet on as it was received, as statsd's repeater does. Of a flush it takes nothing. */
export class Repeater implements Backend {
  readonly name = 'repeater';
  private readonly options: RepeaterOptions;
  private repetitions: readonly Repetition[] = [];
  private lostBefore = 0;

  /** Opens nothing yet. */
  constructor(options: RepeaterOptions) {
    this.options = options;
  }

  start(): void {
    const { settings, clock } = this.options;
    const { protocol, targets } = settings;
    this.repetitions = targets.map((target) =>
      protocol === 'tcp' ? new TcpRepeater(target, clock) : new UdpRepeater(target, protocol, clock),
    );
  }

  get problem(): string | undefined {
    return this.repetitions.find(({ problem }) => problem !== undefined)?.problem;
  }

  packets(batch: PacketBatch): void {
    this.lostBefore += batch.lostBefore;
    for (const repetition of this.repetitions) repetition.packets(batch);
  }

  /** Says once an interval what was lost. */
  async write(): Promise<void> {
    const lost = this.repetitions.reduce((sum, repetition) => sum + repetition.takeLost(), this.lostBefore);
    this.lostBefore = 0;
    if (lost === 0) return;
    this.options.logger.warn(`repeater: ${lost} packets were lost: ${this.problem ?? 'they came too fast'}`);
  }

  async close(): Promise<void> {
    await Promise.all(this.repetitions.map((repetition) => repetition.close()));
  }
}
