import type { Config } from '../config/config.js';
import type { OptionKey } from '../config/options.js';
import type { ListenAddress } from './address.js';

/** A part of a server that is open. */
export interface OpenFace {
  /** Where it listens; undefined for one that does not. */
  readonly address: ListenAddress | undefined;
  close(): Promise<void>;
}

export interface FaceOptions {
  /** What it depends on: a change of one of these opens it anew. */
  readonly keys: readonly OptionKey[];
  /** Undefined when the configuration wants none. */
  open(config: Config): Promise<OpenFace | undefined>;
}

/** A part of a server that can be closed, and opened with another configuration, while the server runs. */
export class Face {
  private readonly options: FaceOptions;
  private opened: OpenFace | undefined;
  private config: Config | undefined;

  constructor(options: FaceOptions) {
    this.options = options;
  }

  get address(): ListenAddress | undefined {
    return this.opened?.address;
  }

  /**
   * @param onFault told why it cannot be opened, and it stays closed then: a server that has taken over from
   *   another is better without it than not there
   * @throws GoodallError when it cannot be opened, without `onFault`
   */
  async open(config: Config, onFault?: (error: unknown) => void): Promise<void> {
    // Also of one that stays closed: another configuration opens it.
    this.config = config;
    try {
      this.opened = await this.options.open(config);
    } catch (error) {
      if (onFault === undefined) throw error;
      onFault(error);
    }
  }

  /**
   * Opens it anew where its options changed.
   *
   * @returns the options that it has now: the new ones, or the old ones when `onFault` was called
   */
  async reload(config: Config, onFault: (error: unknown) => void): Promise<Partial<Config>> {
    const { keys } = this.options;
    const before = this.config;
    if (before === undefined || keys.every((key) => before[key] === config[key])) return {};
    // Both may want one port, so the old one goes first.
    await this.close();
    try {
      await this.open(config);
      return {};
    } catch (error) {
      onFault(error);
      await this.open(before, onFault);
      return Object.fromEntries(keys.map((key) => [key, before[key]]));
    }
  }

  async close(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    await opened?.close();
  }
}
