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

  /** @throws GoodallError when it cannot be opened */
  async open(config: Config): Promise<void> {
    this.opened = await this.options.open(config);
    this.config = config;
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
      await this.open(before).catch(onFault);
      return Object.fromEntries(keys.map((key) => [key, before[key]]));
    }
  }

  async close(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    await opened?.close();
  }
}
