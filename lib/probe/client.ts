import { lookup } from 'node:dns/promises';
import { StatsD } from 'hot-shots';
import type { Tag } from '../metric.js';
import { type Sample, tagText } from './sample.js';

/** Fits an Ethernet frame with any of the usual tunnels around it; what DogStatsD recommends. */
const datagramBytes = 1432;

/**
 * The longest a timer can wait: whoever sends flushes. A timer each second would cost more than the samples do.
 */
const flushIntervalMs = 2 ** 31 - 1;

export interface ClientOptions {
  /** A name or an address, IPv4 or IPv6. */
  readonly host: string;
  readonly port: number;
  /** Put before every name, with a dot between; `''` for none. */
  readonly prefix: string;
  /** On every line. */
  readonly tags: readonly Tag[];
  readonly onError: (error: Error) => void;
}

/** Sends samples as DogStatsD lines over UDP, many a datagram. The doorway to hot-shots. */
export class StatsdClient {
  private readonly statsd: StatsD;
  private readonly onError: (error: Error) => void;

  private constructor(options: ClientOptions, type: 'udp4' | 'udp6') {
    this.onError = options.onError;
    this.statsd = new StatsD({
      host: options.host,
      port: options.port,
      prefix: options.prefix,
      globalTags: options.tags.map(tagText),
      maxBufferSize: datagramBytes,
      bufferFlushInterval: flushIntervalMs,
      // The pause that close() makes for stragglers: there are none, every sample ends in a flush.
      closingFlushInterval: 10,
      udpSocketOptions: { type },
      errorHandler: options.onError,
      // Otherwise variables meant for Datadog's agent would add tags, fields and packets of their own.
      datadog: false,
      includeDataDogTags: false,
      includeDatadogTelemetry: false,
    });
  }

  /**
   * Looks up which kind of socket the host needs. IPv4 where there is a choice: servers bind that by default.
   */
  static async connect(options: ClientOptions): Promise<StatsdClient> {
    const addresses = await lookup(options.host, { all: true }).catch(() => []);
    const ipv6Only = addresses.length > 0 && addresses.every(({ family }) => family === 6);
    return new StatsdClient(options, ipv6Only ? 'udp6' : 'udp4');
  }

  /** Puts a sample into the next datagram; it leaves when that is full, or with `flush`. */
  send(sample: Sample): void {
    const tags = sample.tags.map(tagText);
    if (sample.kind === 'counter') {
      this.statsd.increment(sample.name, sample.value, tags);
      return;
    }
    if (sample.value < 0) {
      // A sign makes a gauge's value a change, so a negative one is set as a change from 0. Both lines in one
      // datagram: they arrive together and in order, or not at all.
      this.statsd.flush();
      this.statsd.gauge(sample.name, 0, tags);
    }
    this.statsd.gauge(sample.name, sample.value, tags);
  }

  /** Sends what is buffered. Resolves when the operating system has it; failures go to `onError`. */
  flush(): Promise<void> {
    return new Promise((resolve) => {
      this.statsd.flush((error) => {
        if (error) this.onError(error);
        resolve();
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.statsd.close(() => resolve());
    });
  }
}
