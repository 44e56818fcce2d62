import type { PageAssets } from './assets.js';
import type { PageContent } from './page-content.js';
import { pageStyle } from './page-style.js';

/** Nothing is fetched, whatever is in the page. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/** The report as one HTML page that needs nothing else. Yields pieces without their newline. */
export function* pageLines(content: PageContent, assets: PageAssets): Generator<string> {
  yield '<!doctype html>';
  yield '<html lang="en">';
  yield '<head>';
  yield '<meta charset="utf-8">';
  yield `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
  yield '<meta name="viewport" content="width=device-width, initial-scale=1">';
  yield '<link rel="icon" href="data:,">';
  yield `<title>${escapeText(content.title)}</title>`;
  yield `<style>${assets.chartStyle}${pageStyle}</style>`;
  yield '</head>';
  yield '<body>';
  yield '<noscript>This report draws itself with a script, which is switched off.</noscript>';
  yield `<script type="application/json" id="content">${inScript(JSON.stringify(content))}</script>`;
  yield `<script>${inScript(assets.chartScript)}</script>`;
  yield `<script type="module">${assets.pageScript}</script>`;
  yield '</body>';
  yield '</html>';
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/**
 * In a script only `</script` and `<!--` end or change what is read; in a string of it, `\u003c` is the same.
 */
function inScript(text: string): string {
  return text.replace(/<(?=\/script|!--|script)/gi, '\\u003c');
}
