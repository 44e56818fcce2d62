import type { SeriesKey } from '../metric.js';
import { SmallCount } from '../sketch/small-count.js';
import { hashText } from './hashed-numbers.js';

/** The option whose limit a new series met. */
export type SeriesLimit = 'max-series' | 'max-series-per-name';

/** What was refused series of its own in an interval, under one name. */
export interface Refusal {
  readonly limit: SeriesLimit;
  /**
   * The name. Names without tags that differ in numbers alone are one, `*` standing for what differs; the empty
   * name stands for all that were refused too seldom to be told apart.
   */
  readonly name: string;
  /** Key of the tag with the most values among what was refused; empty where nothing had tags. */
  readonly tag: string;
  /** About how many values of that tag were refused; without a tag, how many names. */
  readonly values: number;
  /** Who sent the last of it, as of a bad line. */
  readonly sender: string;
  /** The last series that was refused: name and tags. */
  readonly sample: string;
  /** How often a series was refused its place. */
  readonly refused: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

/**
 * Adds up what is told of one name under one limit, in the order in which it is given; the newest sample stays.
 */
export function addRefusals(all: readonly Refusal[]): Refusal[] {
  const added = new Map<string, Refusal>();
  for (const refusal of all) {
    const id = `${refusal.limit} ${refusal.name}`;
    const before = added.get(id);
    added.set(id, before === undefined ? refusal : sumOf(before, refusal));
  }
  return [...added.values()];
}

/** The same, those refused most first. */
export function worstRefusals(all: readonly Refusal[]): Refusal[] {
  return addRefusals(all).sort((a, b) => b.refused - a.refused);
}

function sumOf(a: Refusal, b: Refusal): Refusal {
  const { tag, values } = b.values > a.values ? b : a;
  return {
    ...(b.lastSeenMs >= a.lastSeenMs ? b : a),
    // Values that both were refused cannot be told apart.
    ...{ tag, values },
    refused: a.refused + b.refused,
    firstSeenMs: Math.min(a.firstSeenMs, b.firstSeenMs),
  };
}

/**
 * For a person: `app.hits had no room under max-series-per-name (5 times): the tag user has about 5 such values;
 * last from 10.0.0.1`.
 */
export function refusalText({ limit, name, tag, values, sender, refused }: Refusal): string {
  const who = name === '' ? 'series of many names' : name;
  const what = tag === '' ? `about ${values} such names` : `the tag ${tag} has about ${values} such values`;
  const from = sender === '' ? '' : `; last from ${sender}`;
  const often = refused === 1 ? 'once' : `${refused} times`;
  return `${who} had no room under ${limit} (${often}): ${what}${from}`;
}

/** Names told apart. */
const mostNames = 64;
const mostTags = 16;
const mostCharacters = 200;

/** What has less than this part of the refusals of its limit is counted with the others. */
const leastShare = 0.01;

/**
 * Who explodes: the names that are refused most in an interval, with the tag that has the most values and the
 * sender.
 *
 * Of names without end the frequent ones are found by space-saving (Metwally and others, 2005): one that is new
 * takes the place of the rarest, and its count as the bound of its own error. What is told is the count without
 * the error.
 */
export class RefusalLog {
  private names = new Map<string, Exploding>();
  private totals = new Map<SeriesLimit, Exploding>();

  record(key: SeriesKey, limit: SeriesLimit, sender: string, nowMs: number): void {
    const name = (key.tags.length === 0 ? patternOf(key.name) : key.name).slice(0, mostCharacters);
    const id = `${limit} ${name}`;
    let exploding = this.names.get(id);
    if (exploding === undefined) {
      exploding = new Exploding(limit, name, nowMs, this.makeRoom());
      this.names.set(id, exploding);
    }
    exploding.add(key, sender, nowMs);
    let total = this.totals.get(limit);
    if (total === undefined) {
      total = new Exploding(limit, '', nowMs, 0);
      this.totals.set(limit, total);
    }
    total.add(key, sender, nowMs);
  }

  /** Gives away what was recorded since the last call: counts of one limit add up to all of its refusals. */
  take(): Refusal[] {
    const taken: Refusal[] = [];
    for (const total of this.totals.values()) {
      const told = [...this.names.values()].filter(
        ({ limit, sure }) => limit === total.limit && sure >= leastShare * total.sure,
      );
      const rest = total.sure - told.reduce((sum, { sure }) => sum + sure, 0);
      taken.push(...told.map((exploding) => exploding.refusal(exploding.sure)));
      if (rest > 0) taken.push(total.refusal(rest));
    }
    if (taken.length > 0) {
      this.names = new Map();
      this.totals = new Map();
    }
    return taken;
  }

  /** Drops the name refused least, when there are too many. Returns how often it was. */
  private makeRoom(): number {
    if (this.names.size < mostNames) return 0;
    let rarest: [id: string, count: number] = ['', Number.POSITIVE_INFINITY];
    for (const [id, { count }] of this.names) if (count < rarest[1]) rarest = [id, count];
    this.names.delete(rarest[0]);
    return rarest[1];
  }
}

class Exploding {
  count: number;
  private sender = '';
  private sample = '';
  private lastSeenMs: number;
  private readonly spellings = new SmallCount();
  private readonly tags = new Map<string, SmallCount>();

  constructor(
    readonly limit: SeriesLimit,
    private readonly name: string,
    private readonly firstSeenMs: number,
    private readonly error: number,
  ) {
    this.count = error;
    this.lastSeenMs = firstSeenMs;
  }

  /** How often it was refused at the least. */
  get sure(): number {
    return this.count - this.error;
  }

  add(key: SeriesKey, sender: string, nowMs: number): void {
    this.count += 1;
    this.lastSeenMs = nowMs;
    this.sender = sender;
    this.sample = textOf(key);
    this.spellings.add(hashText(key.name, 0));
    for (const { key: tag, value } of key.tags.slice(0, mostTags)) {
      const name = tag.slice(0, mostCharacters);
      let values = this.tags.get(name);
      if (values === undefined) {
        if (this.tags.size === mostTags) continue;
        values = new SmallCount();
        this.tags.set(name, values);
      }
      values.add(hashText(value, 0));
    }
  }

  refusal(refused: number): Refusal {
    const { limit, name, sender, sample, firstSeenMs, lastSeenMs } = this;
    let [tag, values] = ['', this.tags.size === 0 ? this.spellings.estimate() : 0];
    for (const [key, count] of this.tags) {
      const estimate = count.estimate();
      if (estimate > values) [tag, values] = [key, estimate];
    }
    return { limit, name, tag, values, sender, sample, refused, firstSeenMs, lastSeenMs };
  }
}

/**
 * Parts of a name that have digits in them are what differs: `user.4711.login` is `user.*.login`, `web12.cpu`
 * is `web*.cpu`.
 */
function patternOf(name: string): string {
  return name.replace(/[A-Za-z0-9]*\d[A-Za-z0-9]*/g, (part) => {
    const [, letters] = /^([A-Za-z]+)\d+$/.exec(part) ?? [];
    return `${letters ?? ''}*`;
  });
}

function textOf({ name, tags }: SeriesKey): string {
  const text =
    tags.length === 0 ? name : `${name}|#${tags.map(({ key, value }) => `${key}:${value}`).join()}`;
  return text.slice(0, mostCharacters);
}
