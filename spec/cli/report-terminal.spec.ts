import { execFile, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { MetricType } from '../../lib/metric.js';
import { SqliteStore } from '../../lib/storage/sqlite/store.js';
import { buckets, flushesOf, seriesOf } from '../query/samples.js';
import { run } from '../support/program.js';
import { root } from '../support/source-files.js';
import { temporaryFolder } from '../support/temporary.js';

const program = join(root, 'dist/bin/goodall-report.js');
const intervalMs = 10_000;

/** `script` of util-linux gives a program a terminal of its own. */
const hasScript = existsSync('/usr/bin/script') && process.platform === 'linux';

describe('goodall-report on a terminal', function () {
  // Several programs each, one after the other.
  this.timeout(60_000);

  const folder = temporaryFolder();

  before(function () {
    if (!hasScript) this.skip();
  });

  beforeEach(async () => {
    const store = await SqliteStore.open(folder.file('goodall.db'));
    const starts = buckets(Math.floor(Date.now() / intervalMs) * intervalMs - 200_000, 20, intervalMs);
    const series = seriesOf('api.latency', MetricType.Timer);
    const samples = starts.map((timeMs, i) => ({ series, timeMs, value: i }));
    for (const flush of flushesOf(samples, starts, { intervalMs })) await store.write(flush);
    await store.close();
  });

  async function onTerminal(args: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const command = `stty cols 100 rows 12; exec ${process.execPath} ${program} ${args}`;
    const { stdout } = await promisify(execFile)('/usr/bin/script', ['-qec', command, '/dev/null'], {
      cwd: folder.path,
      env: { PATH: process.env.PATH, TERM: 'xterm', ...env },
    });
    return stdout;
  }

  it('has colours and trends', async () => {
    expect(await onTerminal('')).to.match(/\p{Cc}\[36mapi\.latency\p{Cc}\[39m .*[▁▂▃▄▅▆▇█]/u);
  });

  it('has no colours where NO_COLOR is set, the terminal takes none, or they are unwanted', async () => {
    for (const [args, env] of [
      ['', { NO_COLOR: '1' }],
      ['', { TERM: 'dumb' }],
      ['--color never', {}],
    ] as const) {
      expect(await onTerminal(args, env), args).to.match(/^api\.latency .*[▁▂▃▄▅▆▇█]/m);
    }
    expect(await onTerminal('--color always', { NO_COLOR: '1' })).to.contain('\u001b[36mapi.latency');
  });

  it('renews the report in place until it is interrupted, and leaves the terminal as it was', async () => {
    const watching = `stty cols 100 rows 6; exec ${process.execPath} ${program} --watch=0.1`;
    const child = spawn('/usr/bin/script', ['-qc', watching, '/dev/null'], {
      cwd: folder.path,
      env: { PATH: process.env.PATH, TERM: 'xterm' },
    });
    let stdout = '';
    let asked = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      // Control-C, once there was more than one picture.
      if (!asked && stdout.split('\u001b[H').length > 2) asked = child.stdin.write('\u0003');
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect(stdout.startsWith('\u001b[?1049h\u001b[?25l')).to.equal(true);
    expect(stdout.trimEnd().endsWith('\u001b[?25h\u001b[?1049l')).to.equal(true);
    const pictures = stdout.split('\u001b[H').slice(1);
    expect(pictures.length).to.be.above(1);
    for (const picture of pictures) expect(picture.split('\n').length).to.be.at.most(6);
  });

  it('draws itself anew, and as wide, when the terminal becomes another size', async () => {
    const narrow = `(until test -e ${folder.file('go')}; do sleep 0.05; done; stty cols 50 </dev/tty) &`;
    const watching = `stty cols 100 rows 20; ${narrow} exec ${process.execPath} ${program} --watch=1h`;
    const child = spawn('/usr/bin/script', ['-qc', watching, '/dev/null'], {
      cwd: folder.path,
      env: { PATH: process.env.PATH, TERM: 'xterm', NO_COLOR: '1' },
    });
    let asked = false;
    const pictures = (): string[] => stdout.split('\u001b[H').slice(1);
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const whole = pictures().filter((picture) => picture.includes('\u001b[J'));
      if (whole.length === 1) writeFileSync(folder.file('go'), '');
      if (!asked && whole.length === 2) asked = child.stdin.write('\u0003');
    });
    await new Promise((resolve) => child.on('close', resolve));
    const widths = pictures().map((picture) =>
      Math.max(
        ...picture
          .split('\u001b[J')[0]!
          .split('\n')
          .map((line) => line.split('\u001b[K')[0]!.length),
      ),
    );
    expect(widths[0]).to.be.within(51, 100);
    expect(widths[1]).to.be.at.most(50);
  });
});

describe('goodall-report in a pipe', () => {
  const folder = temporaryFolder();

  it('refuses to watch without a terminal, or at an unreadable interval', async () => {
    await (await SqliteStore.open(folder.file('goodall.db'))).close();
    for (const [args, message] of [
      [['--watch'], /--watch needs a terminal/],
      [['--watch=often'], /--watch: cannot read "often" as an interval/],
      [['--color', 'maybe'], /--color: "maybe" is not allowed; give auto, always or never/],
      [['--time-zone', 'Berlin'], /did you mean Europe\/Berlin\?/],
    ] as const) {
      const finished = await run('goodall-report', args, { cwd: folder.path });
      expect(finished.code).to.equal(64);
      expect(finished.stderr).to.match(message);
    }
  });
});
