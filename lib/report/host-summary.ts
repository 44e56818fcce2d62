import { compareText } from '../metric.js';
import type { HostGauge } from '../query/host-gauges.js';
import { digits, plainNumber, quantity } from './numbers.js';
import { printable } from './text.js';
import type { Unit } from './units.js';

const bytes: Unit = { kind: 'bytes', factor: 1 };
const mostHosts = 3;

/** How the hosts are: facts, host by host. */
export function hostFacts(gauges: readonly HostGauge[]): string[][] {
  const hosts = [...new Set(gauges.map(({ host }) => host))].sort(compareText);
  const facts = hosts
    .slice(0, mostHosts)
    .map((host) =>
      factsOf(
        host,
        gauges.filter((gauge) => gauge.host === host),
      ),
    )
    .filter((own) => own.length > 1);
  const more = hosts.length - mostHosts;
  return more > 0 ? [...facts, [`hosts beside these: ${plainNumber(more)}`]] : facts;
}

function factsOf(host: string, gauges: readonly HostGauge[]): string[] {
  const latest = (name: string): number | undefined => gauges.find((gauge) => gauge.name === name)?.value;
  const facts = [printable(host)];
  const cpu = latest('cpu_used_percent');
  if (cpu !== undefined) facts.push(`cpu ${digits(cpu)} %`);
  const loads = ['system_load_1', 'system_load_5', 'system_load_15'].map(latest);
  if (!loads.includes(undefined)) {
    const count = latest('cpu_count');
    const cpus = count === undefined ? '' : ` on ${plainNumber(count)} cpu${count === 1 ? '' : 's'}`;
    facts.push(`load ${loads.map((load) => (load as number).toFixed(2)).join(' ')}${cpus}`);
  }
  const memory = share('memory', latest('mem_used'), latest('mem_total'));
  if (memory !== undefined) facts.push(memory);
  const disk = fullestDisk(gauges);
  if (disk !== undefined) facts.push(disk);
  return facts;
}

function fullestDisk(gauges: readonly HostGauge[]): string | undefined {
  const totals = new Map(gauges.filter(({ name }) => name === 'disk_total').map((g) => [g.mount, g.value]));
  const [fullest] = gauges
    .filter(({ name, mount }) => name === 'disk_used' && totals.has(mount))
    .map(({ mount, value }) => ({ mount, used: value, total: totals.get(mount) as number }))
    .sort((a, b) => b.used / b.total - a.used / a.total || compareText(a.mount, b.mount));
  return fullest && share(`disk ${printable(fullest.mount)}`, fullest.used, fullest.total);
}

function share(what: string, used: number | undefined, total: number | undefined): string | undefined {
  if (used === undefined || total === undefined || total <= 0) return undefined;
  return `${what} ${Math.round((used / total) * 100)} % of ${quantity(total, bytes)}`;
}
