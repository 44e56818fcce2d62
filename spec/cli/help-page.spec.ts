import { expect } from 'chai';
import yargs from 'yargs';
import { type HelpPage, helpText } from '../../lib/cli/help-page.js';
import { probeHelp } from '../../lib/cli/probe-help.js';
import { allCommands } from '../../lib/cli/report/commands.js';
import { helpOf } from '../../lib/cli/report/help.js';
import { serveHelp } from '../../lib/cli/serve-help.js';
import { run } from '../support/program.js';

/** What yargs prints for the same texts. */
function helpOfYargs(page: HelpPage, width: number): Promise<string> {
  const parser = yargs([])
    .scriptName('')
    .help(false)
    .version(false)
    .usage(page.usage.join('\n'))
    .epilog(page.epilog.join('\n'))
    .detectLocale(false)
    .wrap(width);
  for (const { heading, options } of page.sections) {
    for (const { name, alias, describe, type, fallback } of options) {
      parser.option(name, {
        describe,
        group: heading,
        ...(alias !== undefined && { alias }),
        ...(type !== undefined && { type }),
        ...(fallback !== undefined && { defaultDescription: fallback }),
      });
    }
  }
  for (const [line, meaning] of page.examples) parser.example(line, meaning);
  return parser.getHelp();
}

/** Without the examples that yargs would break. */
function withShortExamples(page: HelpPage, width: number): HelpPage {
  return { ...page, examples: page.examples.filter(([line]) => line.length <= Math.floor(width / 2)) };
}

describe('a page of help', () => {
  it('is what yargs would print, for every program and command, in wide and narrow terminals', async () => {
    const commands = await allCommands();
    for (const whole of [serveHelp(), probeHelp, ...commands.map(helpOf)]) {
      for (const width of [30, 41, 60, 79, 80, 100]) {
        const page = withShortExamples(whole, width);
        expect(helpText(page, width)).to.equal(await helpOfYargs(page, width));
      }
    }
  });

  it('is what yargs would print where words are longer than lines, and texts are missing', async () => {
    const long = 'supercalifragilisticexpialidocious';
    const option = { name: 'one', describe: `a ${long} ${long} b`, type: 'string', fallback: long } as const;
    const pages: HelpPage[] = [
      { usage: [`${long}  ${long}`], sections: [], examples: [], epilog: [] },
      {
        usage: ['x', '', `is  ${long} of ${long}${long} or so`],
        sections: [
          { heading: 'Some:', options: [option, { name: 'yes', describe: '' }] },
          { heading: 'More:', options: [{ ...option, name: 'other', alias: 'o' }] },
        ],
        examples: [
          [`x ${long} ${long}`, `means ${long}`],
          ['x', 'y'],
        ],
        epilog: [`  ${long} two  blanks`, '', `end ${long}`],
      },
    ];
    for (const whole of pages) {
      for (const width of [20, 33, 34, 35, 50, 72]) {
        const page = withShortExamples(whole, width);
        expect(helpText(page, width)).to.equal(await helpOfYargs(page, width));
      }
    }
  });

  it('has every example in one line, so that it runs when it is copied', async () => {
    for (const command of await allCommands()) {
      const page = helpOf(command);
      const lines = helpText(page, 60).split('\n');
      for (const [line, meaning] of page.examples) {
        const at = lines.findIndex((other) => other.startsWith(`  ${line}`));
        expect(at, line).to.be.above(0);
        expect(`${lines[at]} ${lines[at + 1]}`).to.contain(meaning.split(' ')[0]);
      }
    }
  });

  it('is what the programs print', async () => {
    const [report] = await allCommands();
    if (report === undefined) throw new Error('there is no report');
    const pages = {
      goodall: serveHelp(),
      'goodall-probe': probeHelp,
      'goodall-report': helpOf(report),
    } as const;
    for (const [name, page] of Object.entries(pages)) {
      const finished = await run(name as keyof typeof pages, ['--help']);
      expect(finished).to.deep.equal({ code: 0, stdout: `${helpText(page, 100)}\n`, stderr: '' });
    }
  });
});
