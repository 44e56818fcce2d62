import { ExitCode, UsageError } from '../../errors.js';
import { writeLines } from '../write-lines.js';
import type { Command } from './command.js';
import { bashLines } from './shell-bash.js';
import { zshLines } from './shell-zsh.js';

const shells = { bash: bashLines, zsh: zshLines } as const;

/** @param all every command, this one among them */
export const completionOf = (all: () => Promise<readonly Command[]>): Command => ({
  name: 'completion',
  operands: 'bash|zsh',
  description: ['Prints a script that teaches a shell to complete commands, options and their values.'],
  options: {},
  examples: [
    ['bash > ~/.goodall-completion', "for bash, with 'source ~/.goodall-completion' in ~/.bashrc"],
    ['zsh > ~/.zsh/_goodall-report', "for zsh, with 'fpath+=~/.zsh' before compinit in ~/.zshrc"],
  ],
  epilog: [
    'For this shell only: source <(goodall-report completion bash).',
    'Exit codes: 0 printed; 64 wrong usage.',
  ],
  async run({ operands }, terminal) {
    const [shell, ...more] = operands;
    if ((shell !== 'bash' && shell !== 'zsh') || more.length > 0) {
      throw new UsageError(`name a shell: goodall-report completion ${Object.keys(shells).join(' or ')}`);
    }
    await writeLines(shells[shell](await all()), '\n', terminal);
    return ExitCode.Ok;
  },
});
