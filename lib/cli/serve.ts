import { systemClock } from '../clock.js';
import type { Config } from '../config/config.js';
import { type LoadedConfig, loadConfig } from '../config/load.js';
import { flagName, isSwitch, optionKeys } from '../config/options.js';
import { printedConfig } from '../config/print.js';
import { ExitCode, UsageError } from '../errors.js';
import { keepYoungHeapSmall } from '../lean-heap.js';
import { lineLogger } from '../log.js';
import { type ProgramIo, programVersion, refuseSwitchValues } from './program.js';
import { Reloading, type ReloadOptions } from './reload.js';
import { askedToStop } from './signals.js';

export interface ServeArguments {
  /** Values by flag name without dashes, as text; switches as booleans. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** What stood on the command line without being a flag: the config file, if any. */
  readonly files: readonly string[];
  /** Print the configuration instead of running with it. */
  readonly printConfig: boolean;
  /** Run a config file of statsd's instead of reading it. */
  readonly allowScript: boolean;
}

/** The server program: runs until SIGTERM or SIGINT, then stops in good order. */
export async function serve(given: ServeArguments, io: ProgramIo): Promise<ExitCode> {
  refuseSwitchValues(io.args, [
    ...optionKeys.filter(isSwitch).map(flagName),
    'print-config',
    'allow-js-config',
  ]);
  const [file, ...more] = given.files;
  if (more.length > 0) throw new UsageError(`${given.files.join(' ')}: give one config file at most`);
  if (file === '')
    throw new UsageError('the name of the config file is empty; give its path or leave it out');
  const { flags, allowScript } = given;
  const load = (): Promise<LoadedConfig> => loadConfig({ flags, env: io.env, file, allowScript });
  const loaded = await load();
  for (const warning of loaded.warnings) io.err(`goodall: warning: ${warning}\n`);
  if (given.printConfig) {
    io.out(printedConfig(loaded));
    return ExitCode.Ok;
  }
  return run(loaded, load, file, io);
}

async function run(
  loaded: LoadedConfig,
  load: () => Promise<LoadedConfig>,
  file: string | undefined,
  io: ProgramIo,
): Promise<ExitCode> {
  keepYoungHeapSmall();
  // A signal that comes while the server starts must not leave it half open: it stops once it is up.
  const stopRequest = askedToStop();
  // Only now: what stops before here must not wait for SQLite and the host's sources to load.
  const { Server } = await import('../server.js');
  const { notifierOf } = await import('../server/origin.js');
  let { config } = loaded;
  const { env } = io;
  const logger = lineLogger(() => config.logLevel, io.err, systemClock.now);
  entitle(config);
  const server = await Server.start(config, { clock: systemClock, logger, configFile: file, env });
  keepYoungHeapSmall();
  const apply: ReloadOptions['apply'] = async (wanted, onFault) => {
    await server.reload(wanted, onFault);
    keepYoungHeapSmall();
    config = wanted;
    entitle(wanted);
  };
  const reloading = new Reloading({ file, loaded, load, apply, clock: systemClock, logger });
  io.out(`goodall ${programVersion()} server is up: ${server.listeners.join(', ')}, database ${config.db}\n`);
  const tellSystemd = notifierOf(env);
  tellSystemd('READY=1');
  await Promise.race([stopRequest, server.replaced]);
  tellSystemd('STOPPING=1');
  await reloading.stop();
  return (await server.stop()) ? ExitCode.Ok : ExitCode.DatabaseOpen;
}

function entitle({ statsdServer: { title } }: Config): void {
  if (title !== undefined) process.title = title;
}
