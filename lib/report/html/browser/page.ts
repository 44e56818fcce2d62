import { chartElement } from './charts.js';
import { content, element } from './elements.js';
import { table } from './table.js';

function themeButton(): HTMLButtonElement {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = (): boolean =>
    (document.documentElement.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const button = element('button', { type: 'button', id: 'theme' });
  const changed = (): void => {
    button.textContent = isDark() ? 'light' : 'dark';
    dispatchEvent(new Event('themechange'));
  };
  button.addEventListener('click', () => {
    document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
    changed();
  });
  system.addEventListener('change', changed);
  changed();
  return button;
}

document.body.append(
  element('header', {}, element('h1', {}, content.title), themeButton()),
  ...content.facts.map((fact) => element('p', {}, fact)),
  ...content.cautions.map((caution) => element('p', { class: 'caution' }, caution)),
  table(),
  ...(content.charts.length > 0 ? [element('h2', {}, 'Over time')] : []),
  element('div', { class: 'charts' }, ...content.charts.map(chartElement)),
);
