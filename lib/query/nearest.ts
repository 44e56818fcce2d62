import { editDistance } from '../edit-distance.js';
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
 * A name that contains the text, or is contained in it, is as near as one wrong letter; a name that has its
 * letters in this order, with others between (`api.latncy` in `api.request.latency`), as two.
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
