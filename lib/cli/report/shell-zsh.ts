import type { Command, CommandOption } from './command.js';
import { commandWords } from './command-words.js';

/** Completion for zsh, with what each word means. Yields lines without their newline. */
export function* zshLines(commands: readonly Command[]): Generator<string> {
  const words = commands.filter(({ name }) => name !== '');
  yield '#compdef goodall-report';
  yield '# zsh completion for goodall-report: source <(goodall-report completion zsh)';
  yield '_goodall_report() {';
  yield '  local -a commands';
  yield '  commands=(';
  for (const [name, summary] of Object.entries(commandWords)) yield `    ${quoted(`${name}:${summary}`)}`;
  yield '  )';
  yield "  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then _describe -t commands 'command' commands; fi";
  yield '  case $words[2] in';
  for (const { name, options } of [...words, ...commands.filter((command) => command.name === '')]) {
    yield `    ${name === '' ? '*' : name}) _arguments -S \\`;
    for (const [flag, option] of Object.entries(options)) yield `      ${quoted(spec(flag, option))} \\`;
    // Not `*: :`, a message in place of what there is, for which zsh gives up the options as well.
    yield "      '--help[what it does]' '--version[which version it is]' '*:pattern:_nothing' ;;";
  }
  yield '  esac';
  yield '}';
  yield 'if (( $+functions[compdef] )); then compdef _goodall_report goodall-report; fi';
}

/** Every option may come twice: most that take a list do. */
function spec(flag: string, { describe, offers, type }: CommandOption): string {
  const meaning = describe.replace(/[[\]\\]/g, '\\$&').replaceAll(':', '\\:');
  const head = `*--${flag}[${meaning}]`;
  if (type === 'boolean') return head;
  if (offers === 'files') return `${head}:file:_files`;
  return offers === undefined ? `${head}:value: ` : `${head}:value:(${offers.join(' ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
