import type { Clock } from '../clock.js';
import { type Change, changesBetween } from '../config/changes.js';
import type { Config } from '../config/config.js';
import { configText } from '../config/file-text.js';
import type { LoadedConfig } from '../config/load.js';
import { type FileWatch, watchConfigFile } from '../config/watch.js';
import { ConfigError, messageOf } from '../errors.js';
import type { Logger } from '../log.js';

export interface ReloadOptions {
  /** Undefined when the server runs without a file. */
  readonly file: string | undefined;
  /** What the server started with. */
  readonly loaded: LoadedConfig;
  /** Loads the file anew, with the flags and the environment of the start. */
  readonly load: () => Promise<LoadedConfig>;
  /** Takes over what can be changed while the server runs. */
  readonly apply: (config: Config, onFault: (error: unknown) => void) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Reads the config file again when it has changed, and at SIGHUP. A file that is not valid changes nothing, and
 * is said to be so once.
 */
export class Reloading {
  private readonly options: ReloadOptions;
  private readonly watch: FileWatch | undefined;
  private readonly onHangup = (): void => this.ask(true);
  private loaded: LoadedConfig;
  private lastFault: string | undefined;
  private busy: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(options: ReloadOptions) {
    this.options = options;
    this.loaded = options.loaded;
    const { file, clock } = options;
    if (file !== undefined) this.watch = watchConfigFile(file, clock, () => this.ask(false));
    process.on('SIGHUP', this.onHangup);
  }

  /** Returns when a reload that is under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.watch?.stop();
    process.off('SIGHUP', this.onHangup);
    await this.busy;
  }

  private ask(isAsked: boolean): void {
    this.busy = this.busy.then(() => this.reload(isAsked));
  }

  /** @param isAsked whether somebody asked, who is told in any case */
  private async reload(isAsked: boolean): Promise<void> {
    const { file, logger } = this.options;
    if (this.stopped || (!isAsked && !this.loaded.config.statsdServer.automaticConfigReload)) return;
    if (file === undefined) {
      logger.info('config: SIGHUP: there is no config file to read again');
      return;
    }
    try {
      await this.takeOver(file, isAsked);
      this.lastFault = undefined;
    } catch (error) {
      const fault = `config: ${messageOf(error)}; what was read before stays in force`;
      if (isAsked || fault !== this.lastFault) logger.error(fault);
      this.lastFault = fault;
    }
  }

  private async takeOver(file: string, isAsked: boolean): Promise<void> {
    const { load, apply, logger } = this.options;
    // An editor may be about to write it; YAML would take it for no settings at all.
    if (configText(file).trim() === '') throw new ConfigError(`${file} is empty`);
    const loaded = await load();
    const changes = changesBetween(this.loaded, loaded);
    if (changes.length === 0 && !isAsked) return;
    const faults: unknown[] = [];
    await apply(loaded.config, (error) => faults.push(error));
    this.loaded = loaded;
    // Only now: of a configuration that is refused as a whole, nothing has changed.
    for (const warning of loaded.warnings) logger.warn(`config: ${warning}`);
    for (const change of changes) tell(change, logger);
    for (const fault of faults) logger.error(`config: ${messageOf(fault)}`);
    logger.info(`config: read ${file} again, ${changes.length === 0 ? 'nothing changed' : 'done'}`);
  }
}

function tell({ key, before, after, isForRestart }: Change, logger: Logger): void {
  const line = `config: ${key}: ${before} -> ${after}`;
  if (isForRestart) logger.warn(`${line} takes effect at the next start`);
  else logger.info(line);
}
