import type { ManagementConsole } from '../admin/console.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import { HttpServer, type HttpServerOptions } from '../http/server.js';
import type { Logger } from '../log.js';
import { Probe } from '../probe/probe.js';
import { hostSources } from '../probe/sources.js';
import { type ListenAddress, reachable } from './address.js';
import { Face, type OpenFace } from './face.js';

export function httpFace(options: HttpServerOptions): Face {
  return new Face({
    keys: ['httpPort', 'httpAddress'],
    async open({ httpPort, httpAddress }) {
      if (httpPort === 0) return undefined;
      const http = new HttpServer(options);
      const address = await http.start(httpPort, httpAddress);
      return { address, close: () => http.close() };
    },
  });
}

/** One console for as long as the server runs, wherever it listens: it knows since when. */
export function consoleFace(console: () => ManagementConsole): Face {
  return new Face({
    keys: ['mgmtPort', 'mgmtAddress'],
    async open({ mgmtPort, mgmtAddress }) {
      if (mgmtPort === 0) return undefined;
      const opened = console();
      const address = await opened.start(mgmtPort, mgmtAddress);
      return { address, close: () => opened.close() };
    },
  });
}

export interface ProbeFaceOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where the server receives; undefined for nowhere. */
  readonly target: () => ListenAddress | undefined;
}

export function probeFace({ clock, logger, target }: ProbeFaceOptions): Face {
  const open = async ({ probe, probeInterval, source }: Config): Promise<OpenFace | undefined> => {
    if (!probe) return undefined;
    const to = target();
    if (to === undefined) {
      logger.warn('the host probe is off: it sends over UDP, and no UDP listener is configured');
      return undefined;
    }
    const opened = new Probe({
      host: reachable(to.address),
      port: to.port,
      intervalMs: probeInterval,
      prefix: '',
      tags: [{ key: 'host', value: source }],
      clock,
      logger,
      sources: hostSources(),
    });
    await opened.start();
    return { address: undefined, close: () => opened.stop() };
  };
  return new Face({ keys: ['probe', 'probeInterval'], open });
}
