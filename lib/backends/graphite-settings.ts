import type { StatsdSettings } from '../config/statsd-settings.js';

export interface GraphiteSettings extends Namespaces {
  /** Undefined: what is flushed is thrown away, as by statsd. */
  readonly host: string | undefined;
  readonly port: number;
  readonly protocol: 'text' | 'pickle';
  /** Whether counters' counts go out beside their rates. */
  readonly flushCounts: boolean;
  readonly isLegacy: boolean;
  /** With its dot, or empty. */
  readonly suffix: string;
  readonly prefixStats: string;
}

/** Words in front of names. */
interface Namespaces {
  readonly globalNamespace: readonly string[];
  readonly counterNamespace: readonly string[];
  readonly timerNamespace: readonly string[];
  readonly gaugesNamespace: readonly string[];
  readonly setsNamespace: readonly string[];
}

/** Reads the keys that statsd's Graphite backend reads, with its defaults. */
export function graphiteSettings({ raw, prefixStats }: StatsdSettings): GraphiteSettings {
  const graphite = (raw.graphite ?? {}) as Readonly<Record<string, unknown>>;
  const protocol = raw.graphiteProtocol === 'pickle' ? 'pickle' : 'text';
  const port = protocol === 'pickle' ? raw.graphitePicklePort || 2004 : raw.graphitePort || 2003;
  const isLegacy = graphite.legacyNamespace !== false;
  return {
    host: raw.graphiteHost ? String(raw.graphiteHost) : undefined,
    port: Number(port),
    protocol,
    flushCounts: raw.flush_counts === undefined || Boolean(raw.flush_counts),
    isLegacy,
    ...(isLegacy ? legacyNamespaces : namespacesOf(graphite)),
    suffix: graphite.globalSuffix === undefined ? '' : `.${graphite.globalSuffix}`,
    prefixStats,
  };
}

const legacyNamespaces: Namespaces = {
  globalNamespace: ['stats'],
  counterNamespace: ['stats'],
  timerNamespace: ['stats', 'timers'],
  gaugesNamespace: ['stats', 'gauges'],
  setsNamespace: ['stats', 'sets'],
};

function namespacesOf(graphite: Readonly<Record<string, unknown>>): Namespaces {
  const word = (key: string, fallback: string): string[] => {
    const given = graphite[key] === undefined ? fallback : String(graphite[key]);
    return given === '' ? [] : [given];
  };
  const globalNamespace = word('globalPrefix', 'stats');
  return {
    globalNamespace,
    counterNamespace: [...globalNamespace, ...word('prefixCounter', 'counters')],
    timerNamespace: [...globalNamespace, ...word('prefixTimer', 'timers')],
    gaugesNamespace: [...globalNamespace, ...word('prefixGauge', 'gauges')],
    setsNamespace: [...globalNamespace, ...word('prefixSet', 'sets')],
  };
}
