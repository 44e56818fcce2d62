import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { probeSettings } from '../../lib/cli/probe.js';
import { ConfigError, UsageError } from '../../lib/errors.js';
import { lineOf, Receiver } from '../probe/receiver.js';
import { root } from '../support/source-files.js';

const program = join(root, 'dist', 'bin', 'goodall-probe.js');

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env } });
}

async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => (out += chunk));
  child.stderr?.on('data', (chunk) => (err += chunk));
  const [code] = await once(child, 'close');
  return { code, out, err };
}

const run = (args: readonly string[], env?: Record<string, string>): Promise<Outcome> =>
  outcomeOf(start(args, env));

describe('goodall-probe', () => {
  it('sends one sample over the wire with --once, CPU and counters included', async () => {
    const receiver = await Receiver.open();
    const args = ['--once', '--prefix', 'edge', '--tags', 'env:prod', '--tags', 'canary'];
    const { code, err } = await run(args, { GOODALL_PORT: String(receiver.port) });
    expect({ code, err }).to.deep.equal({ code: 0, err: '' });
    await receiver.until(({ lines }) => lineOf(lines, 'edge.cpu_used_percent') !== undefined);
    receiver.close();
    expect(lineOf(receiver.lines, 'edge.mem_total')?.type).to.equal('g');
    expect(lineOf(receiver.lines, 'edge.mem_total')?.tags).to.include.members(['env:prod', 'canary']);
    expect(receiver.lines.some((line) => line.includes('|c|'))).to.equal(true);
  });

  it('exits 14 with one line when --once could not send', async () => {
    // Longer than any name may be, so that no name server is asked.
    const host = `${'long.'.repeat(60)}invalid`;
    const { code, out, err } = await run(['--once', '--host', host]);
    expect(err).to.match(/^goodall-probe: cannot send to long\..+invalid:8125: .+; is --host right\?\n$/);
    expect({ code, out }).to.deep.equal({ code: 14, out: '' });
  });

  it('samples again and again until SIGTERM or SIGINT, and exits 0', async () => {
    const outcomes = (['SIGTERM', 'SIGINT'] as const).map(async (signal) => {
      const receiver = await Receiver.open();
      const child = start(['--interval', '200', '--port', String(receiver.port)]);
      const outcome = outcomeOf(child);
      await receiver.until(({ lines }) => lines.filter((line) => line.startsWith('mem_total:')).length >= 3);
      child.kill(signal);
      receiver.close();
      const { code, err } = await outcome;
      expect(err).to.contain(`probe: sends to 127.0.0.1:${receiver.port} every 200 ms`);
      return code;
    });
    expect(await Promise.all(outcomes)).to.deep.equal([0, 0]);
  });

  it('exits 64 with one line when the command line is wrong', async () => {
    const wrong = [['--bogus'], ['surplus'], ['--port'], ['--port', '1', '--port', '2']];
    for (const { code, out, err } of await Promise.all(wrong.map((args) => run(args)))) {
      expect(err).to.match(/^goodall-probe: .+\n$/);
      expect({ code, out }).to.deep.equal({ code: 64, out: '' });
    }
  });

  it('exits 12 when the environment is wrong, and minds only its own variables', async () => {
    const { code, err } = await run([], { GOODALL_INTERVAL: '5s', GOODALL_DB: 'x' });
    expect(err).to.equal(
      'goodall-probe: GOODALL_INTERVAL: "5s" is not allowed; give whole milliseconds from 100 to 86400000\n',
    );
    expect(code).to.equal(12);
  });

  it('explains itself with --help and tells its --version', async () => {
    const [help, version] = await Promise.all([run(['--help']), run(['--version'])]);
    for (const flag of ['--host', '--port', '--interval', '--prefix', '--tags', '--once', 'Examples:']) {
      expect(help.out).to.contain(flag);
    }
    expect(version.out).to.match(/^\d+\.\d+\.\d+\n$/);
    expect([help.code, version.code]).to.deep.equal([0, 0]);
  });
});

describe('the settings of the probe', () => {
  it('have the documented defaults', () => {
    expect(probeSettings({}, {})).to.deep.equal({
      host: '127.0.0.1',
      port: 8125,
      intervalMs: 10_000,
      prefix: '',
      tags: [],
    });
  });

  it('come from the environment, and from flags before that', () => {
    const env = { GOODALL_HOST: 'stats', GOODALL_PORT: '9', GOODALL_TAGS: 'a:1,b:x:y', GOODALL_PREFIX: 'p' };
    expect(probeSettings({ port: '10', prefix: '' }, env)).to.deep.equal({
      host: 'stats',
      port: 10,
      intervalMs: 10_000,
      prefix: '',
      tags: [
        { key: 'a', value: '1' },
        { key: 'b', value: 'x:y' },
      ],
    });
  });

  it('refuse what is not allowed, naming the flag or variable, the value and the rule', () => {
    expect(() => probeSettings({ port: '70000' }, {})).to.throw(
      UsageError,
      '--port: "70000" is not allowed; give a whole',
    );
    expect(() => probeSettings({ tags: 'a|b' }, {})).to.throw(UsageError, '--tags');
    expect(() => probeSettings({}, { GOODALL_PREFIX: 'a:b' })).to.throw(ConfigError, 'GOODALL_PREFIX: "a:b"');
  });
});
