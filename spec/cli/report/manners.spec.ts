import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { programVersion } from '../../../lib/cli/program.js';
import { allCommands } from '../../../lib/cli/report/commands.js';
import { manualLines } from '../../../lib/cli/report/manual-page.js';
import { bashLines } from '../../../lib/cli/report/shell-bash.js';
import { zshLines } from '../../../lib/cli/report/shell-zsh.js';
import { run } from '../../support/program.js';
import { root } from '../../support/source-files.js';
import { temporaryFolder } from '../../support/temporary.js';

const call = promisify(execFile);
const bash = ['/bin/bash', '/usr/bin/bash'].find(existsSync);
const zsh = ['/usr/bin/zsh', '/bin/zsh'].find(existsSync);

describe('the manual page', () => {
  it('is what the help says: goodall-report manual > lib/docs/goodall-report.1', async () => {
    const kept = readFileSync(join(root, 'lib/docs/goodall-report.1'), 'utf8');
    expect(kept).to.equal(`${[...manualLines(await allCommands(), programVersion())].join('\n')}\n`);
    expect((await run('goodall-report', ['manual'])).stdout).to.equal(kept);
  });

  it('has every command and option, and nothing that roff would take for a request', async () => {
    const commands = await allCommands();
    const lines = [...manualLines(commands, '1.2.3')];
    for (const { name, options } of commands) {
      expect(
        lines.some((line) =>
          line.startsWith(`.B goodall\\-report${name && ` ${name.replaceAll('-', '\\-')}`}`),
        ),
      ).to.equal(true);
      for (const flag of Object.keys(options)) {
        expect(
          lines.some((line) => line.includes(`\\-\\-${flag.replaceAll('-', '\\-')}`)),
          flag,
        ).to.equal(true);
      }
    }
    const requests = lines.filter((line) => /^[.']/.test(line)).map((line) => line.split(' ')[0]);
    expect(new Set(requests)).to.deep.equal(new Set(['.TH', '.SH', '.SS', '.B', '.br', '.TP', '.PP']));
  });
});

/** Types each of its arguments and a tab into an interactive zsh, and prints what the line is then. */
const zshTyping = `
zmodload zsh/zpty
zpty shell "zsh -f -i"
zpty -w shell "PS1= PROMPT_EOL_MARK= ; stty -echo; autoload -Uz compinit && compinit -D -u; source ./_goodall-report; \\
  tab() { zle complete-word; print -r -- \\"<\\$BUFFER>\\"; BUFFER= }; zle -N tab; bindkey '^I' tab; print ready"
zpty -r shell text $'*ready\\r\\n'
for line in "$@"; do
  zpty -w -n shell "$line"$'\\t'
  zpty -r shell text $'*>\\r\\n'
  print -r -- "\${\${text##*<}%>*}"
done
zpty -d shell
`;

describe('completion', () => {
  const folder = temporaryFolder();

  it('offers a bash commands, options and their values', async function () {
    if (bash === undefined) this.skip();
    const script = [
      ...bashLines(await allCommands()),
      'complete_words() {',
      `  COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _goodall_report; echo "\${COMPREPLY[*]}"`,
      '}',
      'complete_words goodall-report se',
      'complete_words goodall-report --gr',
      'complete_words goodall-report series --format js',
      'complete_words goodall-report series --step',
      'complete_words goodall-report api --type t',
      'complete_words goodall-report --since ""',
    ];
    writeFileSync(folder.file('try.bash'), script.join('\n'));
    const { stdout, stderr } = await call(bash, [folder.file('try.bash')]);
    expect(stderr).to.equal('');
    expect(stdout.split('\n')).to.deep.equal(['series', '--group-by', 'json jsonl', '', 'timer', '', '']);
  });

  it('completes commands, options, values and files in a zsh', async function () {
    if (zsh === undefined) this.skip();
    writeFileSync(folder.file('_goodall-report'), [...zshLines(await allCommands()), ''].join('\n'));
    writeFileSync(folder.file('monday.db'), '');
    writeFileSync(folder.file('try.zsh'), zshTyping);
    const typed = {
      'goodall-report hist': 'goodall-report histogram ',
      'goodall-report bad-': 'goodall-report bad-lines ',
      'goodall-report --gro': 'goodall-report --group-by ',
      'goodall-report --vers': 'goodall-report --version ',
      'goodall-report api.latency --gro': 'goodall-report api.latency --group-by ',
      'goodall-report check --crit': 'goodall-report check --critical ',
      'goodall-report check --group-by host --crit': 'goodall-report check --group-by host --critical ',
      'goodall-report --format mark': 'goodall-report --format markdown ',
      'goodall-report series --type cou': 'goodall-report series --type counter ',
      'goodall-report --db a.db --db mon': 'goodall-report --db a.db --db monday.db ',
      'goodall-report check --watch': 'goodall-report check --watch',
    };
    const { stdout } = await call(zsh, ['-f', 'try.zsh', ...Object.keys(typed)], { cwd: folder.path });
    expect(stdout.split('\n').slice(0, -1)).to.deep.equal(Object.values(typed));
  });

  it('asks for a shell it knows', async () => {
    expect((await run('goodall-report', ['completion', 'bash'])).stdout).to.match(/^# bash completion/);
    const { code, stderr } = await run('goodall-report', ['completion', 'fish']);
    expect({ code, stderr }).to.deep.equal({
      code: 64,
      stderr: 'goodall-report: name a shell: goodall-report completion bash or zsh\n',
    });
  });
});
