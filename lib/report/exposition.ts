import type { MetricTypeName } from '../metric.js';
import type { Percentile } from '../query/percentile.js';
import type { Row } from '../query/row.js';
import type { Report } from './report.js';
import { printable } from './text.js';

type Label = readonly [name: string, value: string];

/** Samples that share a name, which the format wants together. */
interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'summary';
  readonly help: string;
  readonly lines: string[];
}

/**
 * The report in Prometheus' text format, version 0.0.4, for a textfile collector or a gateway. Values are of
 * the window: a timer or distribution is a summary; what a counter got is a gauge, since it falls where the
 * window moves on. Yields lines without their newline.
 */
export function* expositionLines({ rows, percentiles }: Report): Generator<string> {
  const families = new Map<string, Family>();
  const clashing = clashingNames(rows);
  for (const row of rows) {
    const labels = labelsOf(row, clashing.has(metricName(row.name)));
    for (const part of partsOf(row, percentiles)) {
      const family = familyOf(families, part, row.type);
      for (const { suffix = '', label, value } of part.samples) {
        family.lines.push(
          sample(family.name + suffix, label === undefined ? labels : [...labels, label], value),
        );
      }
    }
  }
  for (const { name, type, help, lines } of families.values()) {
    yield `# HELP ${name} ${help}`;
    yield `# TYPE ${name} ${type}`;
    yield* lines;
  }
}

interface Part {
  readonly name: string;
  readonly type: Family['type'];
  readonly help: string;
  readonly samples: readonly { readonly suffix?: string; readonly label?: Label; readonly value: number }[];
}

function partsOf(row: Row, percentiles: readonly Percentile[]): Part[] {
  const name = metricName(row.name);
  const gauge = (suffix: string, help: string, value: number | undefined): Part[] =>
    value === undefined ? [] : [{ name: name + suffix, type: 'gauge', help, samples: [{ value }] }];
  switch (row.type) {
    case 'counter':
      return [
        ...gauge('_sum', 'What the counter got in the window.', row.sum),
        ...gauge('_per_second', 'Rate of the counter over the window.', row.rate),
      ];
    case 'gauge':
      return [
        ...gauge('', 'Last value of the gauge in the window.', row.last),
        ...gauge('_min', 'Least value of the gauge in the window.', row.min),
        ...gauge('_max', 'Greatest value of the gauge in the window.', row.max),
      ];
    case 'set':
      return gauge('_distinct', 'Distinct members of the set in the window.', row.count);
    default:
      return [summary(name, row, percentiles)];
  }
}

function summary(name: string, row: Row, percentiles: readonly Percentile[]): Part {
  const quantiles = percentiles.map(({ percent }, i) => ({
    // 99.9 / 100 is 0.9990000000000001.
    label: ['quantile', String(Number((percent / 100).toPrecision(12)))] as const,
    value: row.percentiles?.[i] ?? Number.NaN,
  }));
  const totals = [
    { suffix: '_sum', value: row.sum ?? Number.NaN },
    { suffix: '_count', value: row.count },
  ];
  return {
    name,
    type: 'summary',
    help: `Samples of the ${row.type} in the window.`,
    samples: [...quantiles, ...totals],
  };
}

/**
 * The family of that name; with the type of the series in its name where the name has another meaning already.
 */
function familyOf(families: Map<string, Family>, part: Part, type: MetricTypeName): Family {
  const taken = families.get(part.name);
  const name = taken === undefined || taken.help === part.help ? part.name : `${part.name}_${type}`;
  let family = families.get(name);
  if (family === undefined) {
    family = { name, type: part.type, help: part.help, lines: [] };
    families.set(name, family);
  }
  return family;
}

/** Names that several names of series become: `a.b` and `a-b`. A label then keeps them apart. */
function clashingNames(rows: Iterable<Row>): Set<string> {
  const originals = new Map<string, string>();
  const clashing = new Set<string>();
  for (const { name } of rows) {
    const exposed = metricName(name);
    if ((originals.get(exposed) ?? name) !== name) clashing.add(exposed);
    originals.set(exposed, name);
  }
  return clashing;
}

function labelsOf({ name, tags }: Row, namesClash: boolean): Label[] {
  const taken = new Set(['quantile', 'le', 'name']);
  const labels = tags.map(({ key, value }): Label => {
    let label = key.replace(/[^a-zA-Z0-9_]/g, '_').replace(/^(?=\d|__|$)/, 'tag_');
    while (taken.has(label)) label = `tag_${label}`;
    taken.add(label);
    return [label, value];
  });
  return namesClash ? [['name', name], ...labels] : labels;
}

function metricName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_:]/g, '_').replace(/^(?=\d)/, '_');
}

function sample(name: string, labels: readonly Label[], value: number): string {
  const texts = labels.map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${texts.length === 0 ? '' : `{${texts.join()}}`} ${numberText(value)}`;
}

function escaped(text: string): string {
  return printable(text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n'));
}

function numberText(value: number): string {
  return String(value).replace('Infinity', 'Inf');
}
