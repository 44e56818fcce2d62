import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Partial } from '../../../lib/aggregate/partial.js';
import { MetricType } from '../../../lib/metric.js';
import { dayMs, type Month } from './month-database.js';

/*
 * InfluxDB (1.x, as Debian packages it) with the same month: one number a point, 10 s buckets for the last day and
 * hours for the month, which is what the questions read. A timer's number is the p99 of its bucket, as InfluxDB has no
 * sketches: its p99 over a day is one of those.
 */

export const influxVersion = (): string | undefined => {
  const run = spawnSync('influxd', ['version'], { encoding: 'utf8' });
  return run.status === 0 ? run.stdout.trim().split(' ').slice(0, 2).join(' ') : undefined;
};

const tiers = [
  { name: 'fine', stepMs: 10_000, keepMs: dayMs },
  { name: 'coarse', stepMs: 3_600_000, keepMs: Infinity },
];

export class Influx {
  private readonly directory = mkdtempSync(join(tmpdir(), 'goodall-influx-'));
  private child: ChildProcess | undefined;
  private url = '';

  async start(): Promise<void> {
    const [http, rpc] = [await freePort(), await freePort()];
    this.url = `http://127.0.0.1:${http}`;
    const config = join(this.directory, 'influxdb.conf');
    writeFileSync(
      config,
      `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
dir = "${this.directory}/meta"
[data]
dir = "${this.directory}/data"
wal-dir = "${this.directory}/wal"
query-log-enabled = false
[http]
bind-address = "127.0.0.1:${http}"
log-enabled = false
[monitor]
store-enabled = false
`,
    );
    this.child = spawn('influxd', ['run', '-config', config], { stdio: 'ignore' });
    for (let tries = 0; ; tries += 1) {
      const answer = await fetch(`${this.url}/ping`).catch(() => undefined);
      if (answer?.status === 204) break;
      if (tries === 300) throw new Error('influxd does not answer');
      await setTimeout(100);
    }
    await this.ask('CREATE DATABASE bench', 'POST');
  }

  async load(month: Month): Promise<number> {
    let points = 0;
    for (const series of month.series) {
      const day = month.dayOf(series);
      const lines: string[] = [];
      for (const { name, stepMs, keepMs } of tiers) {
        const untilMs = Math.floor(month.nowMs / stepMs) * stepMs;
        const values = day.get(stepMs)!.map((partial) => partial && numberOf(partial, stepMs));
        const head = `${name},name=${series.key.name},host=${series.key.tags[1]!.value} value=`;
        for (let at = Math.max(month.sinceMs, untilMs - keepMs); at < untilMs; at += stepMs) {
          const value = values[(at % dayMs) / stepMs];
          if (value !== undefined) lines.push(`${head}${value} ${at / 1000}`);
        }
      }
      points += lines.length;
      const answer = await fetch(`${this.url}/write?db=bench&precision=s`, {
        method: 'POST',
        body: lines.join('\n'),
      });
      if (!answer.ok) throw new Error(`influxd refused points: ${await answer.text()}`);
    }
    return points;
  }

  /** The answer as text. */
  async ask(query: string, method = 'GET'): Promise<string> {
    const answer = await fetch(`${this.url}/query?db=bench&q=${encodeURIComponent(query)}`, { method });
    return answer.text();
  }

  /** What its files take, in bytes. */
  size(): number {
    return (
      1024 * Number(spawnSync('du', ['-sk', this.directory], { encoding: 'utf8' }).stdout.split('\t')[0])
    );
  }

  async stop(): Promise<void> {
    if (this.child?.exitCode === null) {
      this.child.kill();
      await once(this.child, 'exit');
    }
    rmSync(this.directory, { recursive: true });
  }
}

function numberOf(partial: Partial, stepMs: number): number {
  switch (partial.type) {
    case MetricType.Counter:
      return (partial.sum * 1000) / stepMs;
    case MetricType.Gauge:
      return partial.last;
    case MetricType.Set:
      return partial.members.estimate();
    default:
      return partial.sketch.quantile(0.99);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
