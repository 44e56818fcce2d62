import { parseArgs } from 'node:util';
import { systemClock } from '../clock.js';
import { ExitCode, messageOf, UsageError } from '../errors.js';
import { type Logger, type LogLevel, lineLogger, logLevels } from '../log.js';
import type { ProxyConfig } from '../proxy/config.js';
import { type Transport, transports } from '../transport/transports.js';
import { type ProgramIo, programVersion } from './program.js';
import { askedToStop } from './signals.js';

const name = 'goodall proxy';

const help = `Usage: ${name} [options] CONFIG-FILE

Spreads the lines it receives over several statsd servers, each series to one of them, as statsd's cluster
proxy does. CONFIG-FILE is that of statsd's proxy: see lib/docs/proxy.md.

Options:
  --transport  how datagrams are received: auto, recvmmsg or dgram  [default: auto]
  --log-level  least severe message to log: error, warn, info or debug  [default: info]
  --help       print this text, and exit
  --version    print the version, and exit
`;

interface ProxyArguments {
  readonly file: string;
  readonly transport: Transport;
  readonly logLevel: LogLevel;
}

/**
 * The proxy: runs until SIGTERM or SIGINT, then forwards what it has received and stops. SIGHUP, or a change of
 * the file, makes it read its configuration again.
 *
 * @param args what follows the word `proxy`
 */
export async function runProxy(args: readonly string[], io: ProgramIo): Promise<ExitCode> {
  const given = parse(args);
  if (typeof given === 'string') {
    io.out(given);
    return ExitCode.Ok;
  }
  const { readProxyFile, watchProxyFile } = await import('../proxy/config-file.js');
  const read = (): ProxyConfig => readProxyFile(given.file, io.env);
  const config = read();
  const logger = lineLogger(given.logLevel, io.err, systemClock.now);
  for (const warning of config.warnings) logger.warn(warning);
  // A signal that comes while it starts must not leave it half open: it stops once it is up.
  const stopRequest = askedToStop();
  const { ClusterProxy } = await import('../proxy/proxy.js');
  const { transport } = given;
  const proxy = await ClusterProxy.start(config, { clock: systemClock, logger, transport, onError: fail });
  const reload = reloader(read, proxy, logger);
  process.on('SIGHUP', reload);
  const unwatch = config.reloadsOnChange ? watchProxyFile(given.file, reload) : () => {};
  io.out(
    `${name} ${programVersion()} server is up: ${proxy.listeners.join(', ')}, ${config.nodes.length} nodes\n`,
  );
  await stopRequest;
  unwatch();
  await proxy.stop();
  return ExitCode.Ok;
}

/** Takes over the file as it is now; a bad one is reported and changes nothing. One after the other. */
function reloader(
  read: () => ProxyConfig,
  proxy: { reload(config: ProxyConfig): Promise<void> },
  logger: Logger,
): () => void {
  let work = Promise.resolve();
  return () => {
    work = work.then(async () => {
      try {
        const config = read();
        for (const warning of config.warnings) logger.warn(warning);
        await proxy.reload(config);
      } catch (error) {
        logger.error(`configuration not taken over: ${messageOf(error)}`);
      }
    });
  };
}

/** The thread that forwards has failed: the program ends as with any fault of its own. */
function fail(error: Error): never {
  throw error;
}

/** The arguments, or the text that was asked for instead. */
function parse(args: readonly string[]): ProxyArguments | string {
  const { values, positionals } = parsed(args);
  if (values.help) return help;
  if (values.version) return `${programVersion()}\n`;
  const [file, ...more] = positionals;
  if (file === undefined || file === '') throw new UsageError(`give the config file; see ${name} --help`);
  if (more.length > 0) throw new UsageError(`${positionals.join(' ')}: give one config file`);
  return {
    file,
    transport: oneOf('transport', values.transport ?? 'auto', transports),
    logLevel: oneOf('log-level', values['log-level'] ?? 'info', logLevels),
  };
}

function parsed(args: readonly string[]) {
  const options = {
    transport: { type: 'string' },
    'log-level': { type: 'string' },
    help: { type: 'boolean' },
    version: { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const [sentence = ''] = messageOf(error).split('. ');
    throw new UsageError(`${sentence}; see ${name} --help`);
  }
}

function oneOf<T extends string>(flag: string, given: string, words: readonly T[]): T {
  const word = words.find((one) => one === given);
  if (word === undefined)
    throw new UsageError(`--${flag}: ${given} is not allowed; give ${words.join(', ')}`);
  return word;
}
