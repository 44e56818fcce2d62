import type { Command } from './command.js';
import { command as report } from './report.js';

/**
 * Every word that `goodall-report` knows as its first argument, in the order of its help. They are loaded only
 * when they are asked for, so that none makes the others start later.
 */
const loaders: ReadonlyMap<string, () => Promise<{ readonly command: Command }>> = new Map<
  string,
  () => Promise<{ readonly command: Command }>
>([
  ['check', () => import('./check.js')],
  ['compare', () => import('./compare.js')],
  ['histogram', () => import('./histogram.js')],
  ['percentiles', () => import('./percentiles.js')],
  ['series', () => import('./series.js')],
  ['top', () => import('./top.js')],
  ['bad-lines', () => import('./bad-lines.js')],
  ['events', () => import('./events.js')],
  ['doctor', () => import('./doctor.js')],
  ['backup', () => import('./backup.js')],
  ['export', () => import('./export.js')],
  ['import', () => import('./import.js')],
  ['completion', async () => ({ command: (await import('./completion.js')).completionOf(allCommands) })],
  ['manual', async () => ({ command: (await import('./manual.js')).manualOf(allCommands) })],
]);

export const commandNames: readonly string[] = [...loaders.keys()];

/** The command that a command line asks for, and what is left of the line for it. */
export async function commandOf(
  args: readonly string[],
): Promise<{ readonly command: Command; readonly rest: readonly string[] }> {
  const [word, ...rest] = args;
  const load = loaders.get(word ?? '');
  return load === undefined ? { command: report, rest: args } : { command: (await load()).command, rest };
}

/** All of them, the report itself first: for the help, the manual and the completion. */
export async function allCommands(): Promise<Command[]> {
  const words = await Promise.all([...loaders.values()].map((load) => load()));
  return [report, ...words.map(({ command }) => command)];
}
