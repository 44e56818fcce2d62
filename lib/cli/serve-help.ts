import { environmentName, fallbackText, flagName, isSwitch, optionKeys, options } from '../config/options.js';
import type { HelpOption, HelpPage, HelpSection } from './help-page.js';

/** The help of the server program. */
export function serveHelp(): HelpPage {
  return {
    usage: [
      'Usage: goodall [options] [config-file]',
      'or:    goodall proxy [options] config-file',
      '',
      'Receives statsd and DogStatsD datagrams, aggregates them and writes them to an SQLite file.',
      "The config file is YAML or JSON, its keys the flags without their dashes; or statsd's own.",
    ],
    sections: [
      ...configSections(),
      {
        heading: 'Options:',
        options: [
          {
            name: 'print-config',
            type: 'boolean',
            describe: 'print the configuration and its origins, and exit',
          },
          {
            name: 'allow-js-config',
            type: 'boolean',
            describe: "run statsd's config file as JavaScript, as statsd does, instead of only reading it",
          },
          { name: 'help', type: 'boolean', describe: 'print this text, and exit' },
          { name: 'version', type: 'boolean', describe: 'print the version, and exit' },
        ],
      },
    ],
    examples: [
      ['goodall', 'listen on UDP 8125 and write ./goodall.db'],
      ['goodall --db api.db --flush-interval 1000', 'another file, a bucket a second'],
      ['GOODALL_PORT=9125 goodall goodall.yaml', 'the environment overrides the file'],
      ['goodall exampleConfig.js', 'in place of statsd, with its file'],
      ['goodall goodall.yaml --print-config', 'what would run, and where each value comes from'],
    ],
    epilog: ['Flags override the environment (names in brackets), which overrides the config file.'],
  };
}

function configSections(): HelpSection[] {
  const groups = new Map<string, HelpOption[]>();
  for (const key of optionKeys) {
    const { group, meaning } = options[key];
    const name = flagName(key);
    const negation = isSwitch(key) ? `; --no-${name} switches it off` : '';
    const own = groups.get(group) ?? [];
    own.push({
      name,
      type: isSwitch(key) ? 'boolean' : undefined,
      describe: `${meaning}${negation} [${environmentName(key)}]`,
      fallback: fallbackText(key),
    });
    groups.set(group, own);
  }
  return [...groups].map(([group, own]) => ({ heading: `${group}:`, options: own }));
}
