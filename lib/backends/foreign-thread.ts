import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../errors.js';
import { objectOf, type StatsdMetrics, StatsdSet } from '../flush/statsd-metrics.js';
import { type PacketBatch, packetsOf, senderOf } from '../ingest/packets.js';
import type {
  ForeignMessage,
  ForeignRequest,
  ForeignStart,
  ForeignStat,
  PackedMetrics,
} from './foreign-messages.js';

/** A module that statsd can load as a backend. */
interface StatsdModule {
  init(startupTime: number, config: unknown, events: EventEmitter, logger: StatsdLogger): unknown;
}

interface StatsdLogger {
  log(message: unknown, type?: unknown): void;
}

type StatusCallback = (error: unknown, group: unknown, name: unknown, value: unknown) => void;

/**
 * The thread of one backend module: gives it what statsd would. Whatever it throws later on ends the thread,
 * which is what keeps the server alive.
 */
class ModuleHost {
  private readonly events = new EventEmitter();

  start({ path, startupTime, config }: ForeignStart): void {
    const logger: StatsdLogger = {
      log: (message, type) =>
        send({ kind: 'log', text: String(message), type: type === undefined ? undefined : String(type) }),
    };
    const loaded = createRequire(path)(path) as StatsdModule & { readonly default?: StatsdModule };
    const module = typeof loaded.init === 'function' ? loaded : loaded.default;
    if (typeof module?.init !== 'function') throw new Error('it has no function init');
    const isWilling = Boolean(module.init(startupTime, config, this.events, logger));
    send({ kind: 'ready', isWilling, wantsPackets: this.events.listenerCount('packet') > 0 });
  }

  take(request: ForeignRequest): void {
    switch (request.kind) {
      case 'flush':
        send({ kind: 'flushed', id: request.id, error: this.flush(request.timestamp, request.metrics) });
        break;
      case 'status':
        send({ kind: 'status', id: request.id, lines: this.status() });
        break;
      case 'packets':
        this.packets(request.batch);
        send({ kind: 'took', bytes: request.batch.bytes.length });
        break;
      default:
        // The module may still be sending; without this port the thread ends when it is done.
        parentPort?.close();
    }
  }

  private packets(batch: PacketBatch): void {
    let index = 0;
    for (const packet of packetsOf(batch)) {
      this.events.emit('packet', packet, { ...senderOf(batch, index), size: packet.length });
      index += 1;
    }
  }

  private flush(timestamp: number, { sets, ...rest }: PackedMetrics): string | undefined {
    const members = sets.map(([name, values, size]) => [name, new StatsdSet(values, size)] as const);
    // In statsd's order: some modules go through the groups as they come.
    const { counters, gauges, timers, timer_counters, ...worked } = rest;
    const metrics: StatsdMetrics = {
      ...{ counters, gauges, timers, timer_counters, sets: objectOf(members) },
      ...worked,
    };
    try {
      this.events.emit('flush', timestamp, metrics);
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  }

  private status(): ForeignStat[] {
    const lines: ForeignStat[] = [];
    const callback: StatusCallback = (error, group, name, value) => {
      lines.push({
        group: String(group),
        name: String(name),
        value: typeof value === 'number' ? value : String(value),
        error: error ? messageOf(error) : undefined,
      });
    };
    this.events.emit('status', callback);
    return lines;
  }
}

function send(message: ForeignMessage): void {
  parentPort?.postMessage(message);
}

const host = new ModuleHost();
parentPort?.on('message', (request: ForeignRequest) => host.take(request));
host.start(workerData as ForeignStart);
