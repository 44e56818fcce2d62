import type Plot from 'uplot';
import type { HeatMap, PageChart } from '../page-content.js';
import { content, element, style, written } from './elements.js';
import { incrementsOf } from './ticks.js';

/** In the page before this script. */
declare const uPlot: typeof Plot;

type View = 'bands' | 'heat map';

function drawHeat(plot: Plot, { edges, cells }: HeatMap, chart: PageChart): void {
  const { ctx } = plot;
  const ink = style('--heat');
  ctx.save();
  ctx.beginPath();
  ctx.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
  ctx.clip();
  chart.times.forEach((time, i) => {
    const left = plot.valToPos(time, 'x', true);
    const width = plot.valToPos(time + chart.stepSeconds, 'x', true) - left;
    cells[i]?.forEach((weight, cell) => {
      if (weight === 0) return;
      const top = plot.valToPos(edges[cell + 1] as number, 'y', true);
      const height = plot.valToPos(edges[cell] as number, 'y', true) - top;
      ctx.fillStyle = `rgba(${ink}, ${0.08 + 0.92 * Math.sqrt(weight / 1000)})`;
      ctx.fillRect(left, top, Math.ceil(width), Math.ceil(height));
    });
  });
  ctx.restore();
}

function seriesOf(chart: PageChart, view: View): Plot.Series[] {
  const suffix = chart.perSecond ? '/s' : '';
  return chart.lines.map(({ label }, i) => ({
    label,
    stroke: style('--line-1'),
    alpha: view === 'heat map' ? 0 : 1 - (0.55 * (chart.lines.length - 1 - i)) / chart.lines.length,
    width: i === chart.lines.length - 1 ? 1 : 1.5,
    points: { show: false },
    value: (_: Plot, value: number | null) => (value === null ? '–' : written(value, chart.unit) + suffix),
  }));
}

/** Times of ticks so many seconds apart, as uPlot writes them; the date in a second line where it changes. */
const clocks: Plot.Axis.TimeValuesConfig = [
  [86_400, '{MM}-{DD}', '\n{YYYY}', null, null, null, null, null, 1],
  [60, '{HH}:{mm}', '\n{YYYY}-{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', '\n{YYYY}-{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
];

function optionsOf(chart: PageChart, view: View, width: number): Plot.Options {
  const heat = view === 'heat map' ? chart.heat : undefined;
  const suffix = chart.perSecond ? '/s' : '';
  const axis = {
    stroke: style('--faint'),
    grid: { stroke: style('--rule'), width: 1 },
    ticks: { show: false },
  };
  const logarithmic = heat !== undefined && (heat.edges[0] ?? 0) > 0;
  const range = heat && ([heat.edges[0], heat.edges.at(-1)] as [number, number]);
  const shade = `rgba(${style('--heat')}, 0.18)`;
  return {
    width,
    height: 240,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), content.timeZone),
    scales: {
      y: {
        ...(logarithmic && { distr: 3 as const }),
        range: range ?? ((_, low, high) => [Math.min(0, low), high === low ? high + 1 : high * 1.05]),
      },
    },
    axes: [
      { ...axis, space: 70, values: clocks },
      {
        ...axis,
        size: 76,
        ...incrementsOf(chart.unit),
        values: (_, ticks) => ticks.map((v) => (v === null ? '' : written(v, chart.unit) + suffix)),
      },
    ],
    series: [{ label: 'time', value: '{YYYY}-{MM}-{DD} {HH}:{mm}:{ss}' }, ...seriesOf(chart, view)],
    ...(chart.banded &&
      heat === undefined && {
        bands: chart.lines
          .slice(1)
          .map((_, i) => ({ series: [i + 2, i + 1] as [number, number], fill: shade })),
      }),
    ...(heat && { hooks: { drawClear: [(plot: Plot) => drawHeat(plot, heat, chart)] } }),
  };
}

/** A chart, drawn once it comes into view. */
export function chartElement(chart: PageChart, index: number): HTMLElement {
  const area = element('div', { class: 'plot' });
  const values = [[...chart.times], ...chart.lines.map((line) => [...line.values])] as Plot.AlignedData;
  let view: View = 'bands';
  let plot: Plot | undefined;
  const draw = (): void => {
    plot?.destroy();
    plot = new uPlot(optionsOf(chart, view, area.clientWidth), values, area);
  };
  const toggle = element('button', { type: 'button' }, 'heat map');
  toggle.addEventListener('click', () => {
    toggle.textContent = view;
    view = view === 'bands' ? 'heat map' : 'bands';
    draw();
  });
  // Drawn when it comes into view, and drawn anew when its room or the colours change.
  const seen = new IntersectionObserver((entries) => {
    if (plot === undefined && entries.some(({ isIntersecting }) => isIntersecting)) draw();
  });
  seen.observe(area);
  new ResizeObserver(() => plot?.setSize({ width: area.clientWidth, height: 240 })).observe(area);
  addEventListener('themechange', () => plot && draw());
  const words = element('div', {}, element('h3', {}, chart.title), element('p', {}, chart.subtitle));
  const head = element('header', {}, words, ...(chart.heat ? [toggle] : []));
  return element('article', { class: 'chart', id: `chart-${index}` }, head, area);
}
