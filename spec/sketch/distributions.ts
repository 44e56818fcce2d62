/** A reproducible source of numbers in [0, 1): mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** One sample of each distribution, from a source of uniform numbers. */
export const distributions: Readonly<Record<string, (random: () => number) => number>> = {
  uniform: (random) => 1 + 999 * random(),
  lognormal: (random) => Math.exp(3 + normal(random)),
  pareto: (random) => (1 - random()) ** (-1 / 1.2),
  bimodal: (random) => (random() < 0.8 ? 5 + normal(random) * 0.5 : 900 + normal(random) * 50),
  constant: () => 42.5,
  'mixed-sign': (random) => normal(random) * 100 + 10,
  exponential: (random) => -Math.log(1 - random()) * 250,
  'with zeros': (random) => (random() < 0.3 ? 0 : (random() - 0.5) * 2000),
};

export function samplesOf(name: string, size: number, seed: number): Float64Array {
  const random = randomOf(seed);
  const sample = distributions[name]!;
  return Float64Array.from({ length: size }, () => sample(random));
}

export function shuffle<T>(items: T[], random: () => number): T[] {
  for (let i = items.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
