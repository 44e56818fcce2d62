import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { checkData } from '../cli/report/check-samples.js';
import { database } from '../cli/report/paper.js';
import { root } from '../support/source-files.js';
import { temporaryFolder } from '../support/temporary.js';

/** Debian's package nagios4-core. */
const nagios = '/usr/sbin/nagios4';

const services: Readonly<Record<string, string>> = {
  fine: "'hits rate > 5'",
  warned: "'hits rate' --warning 2 --critical 5",
  critical: "'latency max > 900 for 5m'",
  unknown: "'nothing rate > 5'",
};

/** What Nagios needs to know to run the checks every second, and nothing else. */
function configure(folder: string): string {
  mkdirSync(join(folder, 'results'));
  const { username } = userInfo();
  const settings = {
    cfg_file: join(folder, 'objects.cfg'),
    log_file: join(folder, 'nagios.log'),
    status_file: join(folder, 'status.dat'),
    status_update_interval: 1,
    object_cache_file: join(folder, 'objects.cache'),
    precached_object_file: join(folder, 'objects.precache'),
    state_retention_file: join(folder, 'retention.dat'),
    lock_file: join(folder, 'nagios.lock'),
    temp_file: join(folder, 'nagios.tmp'),
    temp_path: folder,
    check_result_path: join(folder, 'results'),
    query_socket: join(folder, 'nagios.qh'),
    command_file: join(folder, 'nagios.cmd'),
    check_external_commands: 0,
    nagios_user: username,
    nagios_group: spawnSync('id', ['-gn'], { encoding: 'utf8' }).stdout.trim(),
    interval_length: 1,
    service_inter_check_delay_method: 'n',
    check_for_updates: 0,
    enable_notifications: 0,
    execute_host_checks: 0,
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  writeFileSync(join(folder, 'nagios.cfg'), `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'objects.cfg'), objects(join(folder, 'goodall.db')));
  return join(folder, 'nagios.cfg');
}

function objects(db: string): string {
  const program = `${process.execPath} ${join(root, 'dist/bin/goodall-report.js')}`;
  const define = (kind: string, settings: Readonly<Record<string, string>>): string =>
    `define ${kind} {\n${Object.entries(settings)
      .map(([key, value]) => `  ${key} ${value}\n`)
      .join('')}}\n`;
  const always = { timeperiod_name: 'always', alias: 'always', monday: '00:00-24:00' };
  const common = {
    check_period: 'always',
    notification_period: 'always',
    contacts: 'nobody',
    max_check_attempts: '1',
  };
  return [
    define('timeperiod', {
      ...always,
      ...Object.fromEntries(
        ['tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => [
          day,
          '00:00-24:00',
        ]),
      ),
    }),
    define('command', { command_name: 'nothing', command_line: '/bin/true' }),
    define('contact', {
      contact_name: 'nobody',
      host_notification_period: 'always',
      service_notification_period: 'always',
      host_notification_options: 'n',
      service_notification_options: 'n',
      host_notification_commands: 'nothing',
      service_notification_commands: 'nothing',
    }),
    define('host', { ...common, host_name: 'here', address: '127.0.0.1' }),
    ...Object.entries(services).flatMap(([name, args]) => [
      define('command', { command_name: name, command_line: `${program} check ${args} --db ${db}` }),
      define('service', {
        ...common,
        host_name: 'here',
        service_description: name,
        check_command: name,
        check_interval: '5',
        retry_interval: '5',
      }),
    ]),
  ].join('');
}

interface ServiceStatus {
  readonly state: number;
  readonly output: string;
  readonly performance: string;
}

/** What Nagios made of the services it has checked. */
function statusOf(file: string): Map<string, ServiceStatus> {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const found = new Map<string, ServiceStatus>();
  for (const [, block = ''] of text.matchAll(/servicestatus \{\n(.*?)\n\t\}/gs)) {
    const value = (key: string): string => new RegExp(`^\\t${key}=(.*)$`, 'm').exec(block)?.[1] ?? '';
    if (value('has_been_checked') !== '1') continue;
    found.set(value('service_description'), {
      state: Number(value('current_state')),
      output: value('plugin_output'),
      performance: value('performance_data'),
    });
  }
  return found;
}

describe('goodall-report check under Nagios', () => {
  const folder = temporaryFolder();

  it('is understood: state, text and performance data', async function () {
    if (!existsSync(nagios)) this.skip();
    const { samples, starts } = checkData(Math.floor(Date.now() / 10_000) * 10_000);
    await database(folder.file('goodall.db'), samples, starts);
    const config = configure(folder.path);
    const verified = spawnSync(nagios, ['-v', config], { encoding: 'utf8' });
    expect(verified.status, verified.stdout).to.equal(0);
    const child = spawn(nagios, [config], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('close', resolve));
    let status = new Map<string, ServiceStatus>();
    try {
      while (status.size < Object.keys(services).length && child.exitCode === null) {
        await delay(200);
        status = statusOf(folder.file('status.dat'));
      }
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
    expect(status.get('fine')).to.deep.equal({
      state: 0,
      output: 'GOODALL OK - hits rate is 3/s over 5m',
      performance: "'hits rate'=3;;~:5",
    });
    expect(status.get('warned')).to.deep.include({ state: 1, performance: "'hits rate'=3;2;5" });
    expect(status.get('critical')).to.deep.include({ state: 2, performance: "'latency max'=1000ms;;~:900" });
    expect(status.get('unknown')?.state).to.equal(3);
    expect(status.get('unknown')?.output).to.match(/^GOODALL UNKNOWN - no name in /);
  });
});
