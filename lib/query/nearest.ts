import { compareText } from '../metric.js';

const mostSuggestions = 3;

/** Names that someone who wrote `wanted` may have meant, the likeliest first, at most three. */
export function nearestNames(wanted: string, names: Iterable<string>): string[] {
  const core = wanted.replace(/[*?[\]]/g, '').toLowerCase();
  const tolerance = Math.max(2, Math.floor(core.length / 3));
  return [...new Set(names)]
    .map((name) => ({ name, distance: distanceTo(core, name.toLowerCase(), tolerance) }))
    .filter(({ distance }) => distance <= tolerance)
    .sort((a, b) => a.distance - b.distance || compareText(a.name, b.name))
    .slice(0, mostSuggestions)
    .map(({ name }) => name);
}

/**
 * A name that contains the text, or is contained in it, is as near as one wrong letter; a name that has its letters
 * in this order, with others between (`api.latncy` in `api.request.latency`), as two.
 */
function distanceTo(core: string, name: string, tolerance: number): number {
  if (core !== '' && (name.includes(core) || (name.length > 2 && core.includes(name)))) return 1;
  if (core.length > 3 && isSubsequence(core, name)) return 2;
  if (Math.abs(core.length - name.length) > tolerance) return Number.POSITIVE_INFINITY;
  return editDistance(core, name);
}

function isSubsequence(letters: string, text: string): boolean {
  let found = 0;
  for (const letter of text) if (letter === letters[found]) found += 1;
  return found === letters.length;
}

/** How many letters to insert, remove, replace or swap with their neighbour (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(replaced, at(last, j) + 1, at(current, j - 1) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, at(beforeLast, j - 2) + 1);
      }
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
