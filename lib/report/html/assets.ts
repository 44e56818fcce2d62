import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { packageRoot } from '../../package-root.js';

/** What the page is made of besides its content. It is put into the page itself, which so needs no network. */
export interface PageAssets {
  readonly chartScript: string;
  readonly chartStyle: string;
  readonly pageScript: string;
}

/** In the order in which one needs the other. Numbers are written as everywhere. */
const scripts = [
  '../numbers',
  ...['elements', 'table', 'ticks', 'charts', 'page'].map((name) => `browser/${name}`),
];

/** Reads uPlot (MIT; charts on a canvas, 51 kB) from its package, and the page's own scripts. */
export function readAssets(): PageAssets {
  const { resolve } = createRequire(packageRoot);
  return {
    chartScript: readFileSync(resolve('uplot/dist/uPlot.iife.min.js'), 'utf8'),
    chartStyle: readFileSync(resolve('uplot/dist/uPlot.min.css'), 'utf8'),
    pageScript: scripts.map(readScript).join(''),
  };
}

/** A page that was opened as a file may not import others: so the modules become one, and their imports go. */
function readScript(name: string): string {
  const text = readFileSync(new URL(`dist/lib/report/html/${name}.js`, packageRoot), 'utf8');
  return text
    .replace(/^\/\/[/#].*\n?/gm, '')
    .replace(/^import .*\n/gm, '')
    .replace(/^export (?=const|function)/gm, '');
}
