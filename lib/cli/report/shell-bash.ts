import type { Command } from './command.js';

/** Completion for bash 4.1 and later. Yields lines without their newline. */
export function* bashLines(commands: readonly Command[]): Generator<string> {
  const words = commands.filter(({ name }) => name !== '');
  yield '# bash completion for goodall-report: source <(goodall-report completion bash)';
  yield '_goodall_report() {';
  yield `  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command= options= offers=`;
  yield `  if (( COMP_CWORD > 1 )); then command=\${COMP_WORDS[1]}; fi`;
  yield '  case $command in';
  for (const { name, options } of words) {
    yield `    ${name}) options=${quoted(flagsOf(options).join(' '))} ;;`;
  }
  const report = commands.find(({ name }) => name === '');
  yield `    *) command=; options=${quoted(flagsOf(report?.options ?? {}).join(' '))} ;;`;
  yield '  esac';
  yield '  case $command:$before in';
  for (const { name, options } of commands) {
    for (const [flag, { offers, type }] of Object.entries(options)) {
      if (type === 'boolean') continue;
      if (offers === 'files') yield `    ${name}:--${flag}) COMPREPLY=(); compopt -o default; return ;;`;
      else yield `    ${name}:--${flag}) offers=${quoted((offers ?? []).join(' '))}; options= ;;`;
    }
  }
  yield `    *) if [[ $word != -* ]]; then options=; fi`;
  yield `       if (( COMP_CWORD == 1 )); then offers=${quoted(words.map(({ name }) => name).join(' '))}; fi ;;`;
  yield '  esac';
  yield '  COMPREPLY=($(compgen -W "$options $offers" -- "$word"))';
  yield '}';
  yield 'complete -F _goodall_report goodall-report';
}

function flagsOf(options: Command['options']): string[] {
  return [...Object.keys(options), 'help', 'version'].map((flag) => `--${flag}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
