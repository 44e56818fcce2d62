import type { Percentile } from '../query/percentile.js';
import type { Row } from '../query/row.js';
import {
  clashingNames,
  type Family,
  familyKey,
  familyNames,
  type Label,
  labelling,
  metricName,
} from './exposition-names.js';
import type { Report } from './report.js';
import { printable } from './text.js';

/**
 * The report in Prometheus' text format, version 0.0.4, for a textfile collector or a gateway. Values are of
 * the window: a timer or distribution is a summary; what a counter got is a gauge, since it falls where the
 * window moves on. No sample comes twice, whatever names and tags become in the narrower ones of the format. Yields
 * lines without their newline.
 */
export function* expositionLines({ rows, percentiles }: Report): Generator<string> {
  const parts = Array.from(rows, (row) => partsOf(row, percentiles)).flat();
  const families = new Map<string, Part[]>();
  for (const part of parts) {
    const known = families.get(familyKey(part));
    if (known === undefined) families.set(familyKey(part), [part]);
    else known.push(part);
  }
  const names = familyNames([...families.values()].flatMap(([first]) => first ?? []));
  const labelsOf = labelsOfRows(rows);
  for (const [key, members] of families) {
    const name = names.get(key) ?? key;
    yield `# HELP ${name} ${members[0]?.help}`;
    yield `# TYPE ${name} ${members[0]?.type}`;
    const seen = new Map<string, number>();
    for (const { row, samples } of members) {
      const labels = distinct(labelsOf(row), seen);
      for (const { suffix = '', label, value } of samples) {
        yield sample(name + suffix, label === undefined ? labels : [...labels, label], value);
      }
    }
  }
}

interface Part extends Family {
  readonly row: Row;
  readonly samples: readonly { readonly suffix?: string; readonly label?: Label; readonly value: number }[];
}

function partsOf(row: Row, percentiles: readonly Percentile[]): Part[] {
  const name = metricName(row.name);
  const gauge = (suffix: string, help: string, value: number | undefined): Part[] =>
    value === undefined
      ? []
      : [{ wish: name + suffix, type: 'gauge', help, of: row.type, row, samples: [{ value }] }];
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

function summary(wish: string, row: Row, percentiles: readonly Percentile[]): Part {
  const quantiles = percentiles.map(({ percent }, i) => ({
    // 99.9 / 100 is 0.9990000000000001.
    label: ['quantile', String(Number((percent / 100).toPrecision(12)))] as const,
    value: row.percentiles?.[i] ?? Number.NaN,
  }));
  const totals = [
    { suffix: '_sum', value: row.sum ?? Number.NaN },
    { suffix: '_count', value: row.count },
  ];
  const help = `Samples of the ${row.type} in the window.`;
  return { wish, type: 'summary', help, of: row.type, row, samples: [...quantiles, ...totals] };
}

function labelsOfRows(rows: Iterable<Row>): (row: Row) => Label[] {
  const clashing = clashingNames(rows);
  const ofTags = labelling(rows);
  return ({ name, tags }) => {
    const own: Label[] = clashing.has(metricName(name)) ? [['name', name]] : [];
    return [...own, ...ofTags(tags)].map(([label, text]) => [label, printable(text)]);
  };
}

/** Only texts that differ in what cannot be printed are the same here: then they are numbered. */
function distinct(labels: readonly Label[], seen: Map<string, number>): readonly Label[] {
  const key = JSON.stringify(labels);
  const count = (seen.get(key) ?? 0) + 1;
  seen.set(key, count);
  return count === 1 ? labels : [...labels, ['duplicate', String(count)]];
}

function sample(name: string, labels: readonly Label[], value: number): string {
  const texts = labels.map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${texts.length === 0 ? '' : `{${texts.join()}}`} ${numberText(value)}`;
}

/** Of a text without line breaks. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

function numberText(value: number): string {
  return String(value).replace('Infinity', 'Inf');
}
