/** One stage of a Dockerfile: what it starts from, its name, and its steps in order. */
export interface Stage {
  readonly from: string;
  readonly name: string;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly instruction: string;
  readonly text: string;
}

/** Reads the part of the Dockerfile language that ours uses: whole-line comments, continued lines, stages. */
export function parseDockerfile(text: string): Stage[] {
  const lines = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: { from: string; name: string; steps: Step[] }[] = [];
  for (const line of lines) {
    const [, instruction = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
    if (instruction === 'FROM') {
      const [from = '', , name = ''] = rest.split(/\s+/);
      stages.push({ from, name, steps: [] });
    } else {
      stages.at(-1)?.steps.push({ instruction, text: rest });
    }
  }
  return stages;
}

/** `A=1 B="two words"` as pairs. */
export function assignmentsOf(text: string): [name: string, value: string][] {
  return [...text.matchAll(/(\S+?)=("[^"]*"|\S*)/g)].map(([, name, value]) => [
    name!,
    value!.replace(/^"|"$/g, ''),
  ]);
}
