import type { HelpPage } from './help-page.js';

/** The help of the probe program. */
export const probeHelp: HelpPage = {
  usage: [
    'goodall-probe [options]',
    '',
    'Sends the numbers of this host (CPU, memory, disks, network ...) to a statsd server.',
  ],
  sections: [
    {
      heading: 'Options:',
      options: [
        { name: 'host', type: 'string', describe: 'where the server is [default: 127.0.0.1]' },
        { name: 'port', type: 'string', describe: 'its UDP port [default: 8125]' },
        { name: 'interval', type: 'string', describe: 'milliseconds between samples [default: 10000]' },
        { name: 'prefix', type: 'string', describe: 'put before every name, with a dot between' },
        {
          name: 'tags',
          type: 'string',
          describe: 'key:value on every metric; repeatable, or separated by commas',
        },
        { name: 'once', type: 'boolean', describe: 'measure over one second, send, and exit' },
        { name: 'help', type: 'boolean', describe: 'print this text, and exit' },
        { name: 'version', type: 'boolean', describe: 'print the version, and exit' },
      ],
    },
  ],
  examples: [
    ['goodall-probe', 'to a server on this host, every ten seconds'],
    [
      'goodall-probe --host stats.example.org --tags env:prod --tags role:db',
      'to another host, with two tags',
    ],
    ['goodall-probe --once --prefix nightly', 'one sample, from a cron job'],
  ],
  epilog: [
    'Each flag may be given as GOODALL_ and its name in upper case in the environment, too; the flag wins.',
    'Exit codes: 0 ended by SIGTERM, SIGINT or --once; 12 a bad value in the environment; 14 --once could not send;',
    '64 wrong usage.',
  ],
};
