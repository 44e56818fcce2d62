import { UsageError } from '../errors.js';
import { nearest } from './nearest.js';
import {
  environmentName,
  flagName,
  isList,
  isSwitch,
  type OptionKey,
  optionKeys,
  environmentPrefix as prefix,
} from './options.js';

/** A value as somebody gave it, and where: `from --port`, `from GOODALL_PORT`, `from goodall.yaml, line 3`. */
export interface Given {
  readonly value: unknown;
  readonly origin: string;
}

/** What one place (flags, environment, file) says, for the options it says anything about. */
export type GivenValues = ReadonlyMap<OptionKey, Given>;

/** A value within one line of message: text as it is when it is plain, quoted and escaped when it is not. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  const text =
    typeof value === 'string' && !/^[\x21-\x7e]+$/.test(value) ? JSON.stringify(value) : String(value);
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
}

/**
 * What the command line says.
 *
 * @param flags values by flag name without dashes; of a flag given several times, the last one counts, where
 *   the option is no list
 */
export function givenByFlags(flags: Readonly<Record<string, unknown>>): GivenValues {
  const given = new Map<OptionKey, Given>();
  for (const key of optionKeys) {
    const flag = flagName(key);
    const all = flags[flag];
    if (all === undefined) continue;
    const several: readonly unknown[] = Array.isArray(all) ? all : [all];
    const value = isList(key) && !several.includes(false) ? several : several.at(-1);
    if (value === false && !isSwitch(key)) {
      throw new UsageError(`--no-${flag}: only a switch can be negated; --${flag} takes a value`);
    }
    given.set(key, { value, origin: `from --${flag}` });
  }
  return given;
}

/** Kubernetes sets these in every pod beside a service called `goodall`; they are nobody's settings. */
const serviceLinkName = /_SERVICE_(HOST|PORT)|_PORT_\d+_(TCP|UDP|SCTP)/;
/**
 * As `GOODALL_PORT` of a service called `goodall`; of one called `goodall-http` it would be
 * `GOODALL_HTTP_PORT`.
 */
const serviceLinkValue = /^(tcp|udp|sctp):\/\//;

/**
 * What the environment says. An empty variable counts as not set, because container tools cannot leave one
 * out. A variable that starts like ours and is none of ours is worth a warning, not a refusal to start.
 */
export function givenByEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  warnings: string[],
): GivenValues {
  const keys = new Map(optionKeys.map((key) => [environmentName(key), key]));
  // The prefix would make every name look near to every other.
  const bareNames = [...keys.keys()].map((name) => name.slice(prefix.length));
  const given = new Map<OptionKey, Given>();
  for (const name of Object.keys(env).sort()) {
    const value = env[name] ?? '';
    if (!name.startsWith(prefix) || value === '') continue;
    if (name.endsWith('_PORT') && serviceLinkValue.test(value)) continue;
    const key = keys.get(name);
    if (key !== undefined) given.set(key, { value, origin: `from ${name}` });
    else if (!serviceLinkName.test(name)) {
      const hint = guess(name.slice(prefix.length), bareNames, prefix);
      warnings.push(`ignoring the unknown environment variable ${shown(name)}${hint}`);
    }
  }
  return given;
}

/** A question that ends a line of message, when a word looks like one of those that are known. */
export function guess(word: string, candidates: readonly string[], prefix = ''): string {
  const best = nearest(word, candidates);
  return best === undefined ? '' : `; did you mean ${prefix}${best}?`;
}
