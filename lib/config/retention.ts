/** One level of a retention: buckets of one length, and how long they are kept. */
export interface Tier {
  readonly stepMs: number;
  readonly keepMs: number;
}

/**
 * Finest first. Each step is a whole multiple of the one before, and its buckets are kept at least as long; the
 * first step is the flush interval.
 */
export type Retention = readonly Tier[];

const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

const dayMs = 86_400_000;
const duration = /^(\d+)(ms|[smhdwy])$/;
const mostTiers = 8;
const mostKeepMs = 100 * (unitsMs.y as number);

/** Reads Graphite's notation (`10s:24h,1m:30d,1h:2y`); undefined for anything that is no retention. */
export function parseRetention(text: string): Retention | undefined {
  const tiers = text.split(',').map((part) => {
    const [step = '', keep = '', ...more] = part.trim().split(':');
    const tier = { stepMs: parseDuration(step), keepMs: parseDuration(keep) };
    return more.length === 0 && isTier(tier) ? tier : undefined;
  });
  const known = tiers.filter((tier) => tier !== undefined);
  if (known.length !== tiers.length || known.length > mostTiers) return undefined;
  return known.every((tier, i) => i === 0 || follows(tier, known[i - 1] as Tier)) ? known : undefined;
}

export function retentionText(retention: Retention): string {
  return retention.map(({ stepMs, keepMs }) => `${durationText(stepMs)}:${durationText(keepMs)}`).join(',');
}

/** A duration in the largest unit that it is a whole number of. */
export function durationText(ms: number): string {
  const units = Object.entries(unitsMs).filter(([unit, size]) => ms % size === 0 && unit !== 'w');
  const [unit, size] = units.at(-1) as [string, number];
  // Of a whole number of days below three, hours are what people write: 24h.
  return unit === 'd' && ms < 3 * size ? `${ms / 3_600_000}h` : `${ms / size}${unit}`;
}

const middleStepsMs = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30].map((minutes) => minutes * 60_000);
const longStepsMs = [1, 2, 3, 4, 6, 8, 12, 24].map((hours) => hours * 3_600_000);

/**
 * A day of buckets as they are flushed, 30 days of minutes, two years of hours. Where the interval is no whole
 * part of a minute, or that step none of an hour, the next longer step that is a multiple takes its place. An
 * interval of a minute or more is kept for 30 days itself, one of an hour for two years.
 *
 * @param flushIntervalMs from 100 ms to an hour, a whole part of a day
 */
export function defaultRetention(flushIntervalMs: number): Retention {
  const hourMs = 3_600_000;
  const [dayKeep, monthKeep, longKeep] = [dayMs, 30 * dayMs, 2 * (unitsMs.y as number)];
  if (flushIntervalMs >= hourMs) return [{ stepMs: flushIntervalMs, keepMs: longKeep }];
  const tiers: Tier[] = [];
  let stepMs = flushIntervalMs;
  if (flushIntervalMs < 60_000) {
    tiers.push({ stepMs, keepMs: dayKeep });
    stepMs = nextStep(stepMs, [...middleStepsMs, ...longStepsMs]);
  }
  if (stepMs < hourMs) {
    tiers.push({ stepMs, keepMs: monthKeep });
    stepMs = nextStep(stepMs, longStepsMs);
  }
  return [...tiers, { stepMs, keepMs: longKeep }];
}

function nextStep(stepMs: number, steps: readonly number[]): number {
  return steps.find((longer) => longer > stepMs && longer % stepMs === 0) ?? dayMs;
}

function parseDuration(text: string): number {
  const [, digits, unit = ''] = duration.exec(text) ?? [];
  return Number(digits) * (unitsMs[unit] ?? Number.NaN);
}

function isTier({ stepMs, keepMs }: Tier): boolean {
  return stepMs > 0 && keepMs >= stepMs && keepMs <= mostKeepMs && dayMs % stepMs === 0;
}

function follows(tier: Tier, before: Tier): boolean {
  return tier.stepMs > before.stepMs && tier.stepMs % before.stepMs === 0 && tier.keepMs >= before.keepMs;
}
