import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { MetricType } from '../../lib/metric.js';
import type { PageContent } from '../../lib/report/html/page-content.js';
import { SqliteStore } from '../../lib/storage/sqlite/store.js';
import { buckets, flushesOf, type Sample, seriesOf } from '../query/samples.js';
import { run } from '../support/program.js';
import { temporaryFolder } from '../support/temporary.js';

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
const intervalMs = 10_000;
const start = Date.UTC(2026, 10, 24, 12);
const hostile = '</script><script>document.title="taken"</script><!--';

const starts = buckets(start, 30, intervalMs);

function samples(): Sample[] {
  return starts.flatMap((timeMs, i) => [
    ...[1, 10, 100].map((value) => ({
      series: seriesOf('api.latency', MetricType.Timer, 'route:/users'),
      timeMs,
      value: value + i,
    })),
    { series: seriesOf('hits', MetricType.Counter), timeMs, value: i },
    { series: seriesOf(hostile, MetricType.Gauge, `k:${hostile}`), timeMs, value: -i },
    { series: seriesOf('users', MetricType.Set), timeMs, value: `u${i}` },
    { series: seriesOf('huge', MetricType.Gauge), timeMs, value: 1e300 },
  ]);
}

describe('goodall-report --format html', () => {
  const folder = temporaryFolder();

  async function page(): Promise<string> {
    const store = await SqliteStore.open(folder.file('goodall.db'));
    for (const flush of flushesOf(samples(), starts, { intervalMs })) await store.write(flush);
    await store.close();
    const window = ['--since', '2026-11-24T12:00Z', '--until', '2026-11-24T12:05Z'];
    const { code, stdout } = await run('goodall-report', ['--format', 'html', ...window], {
      cwd: folder.path,
    });
    expect(code).to.equal(0);
    return stdout;
  }

  it('has every row, and a chart with a step for each stretch of the window', async () => {
    const html = await page();
    const json = /<script type="application\/json" id="content">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
    const content = JSON.parse(json) as PageContent;
    expect(content.rows.map(({ name }) => name).sort()).to.deep.equal(
      ['api.latency', hostile, 'hits', 'huge', 'users'].sort(),
    );
    const marks = Object.fromEntries(content.rows.map((row) => [row.name, row.marks]));
    expect(marks['api.latency']).to.deep.equal({ p90: '?', p95: '?', p99: '?' });
    expect(marks.users).to.deep.equal({});
    expect(content.footnotes.join()).to.match(/fewer than 10 samples/);
    expect(content.charts).to.have.length(5);
    const latency = content.charts.find(({ title }) => title === 'api.latency');
    expect(latency?.times).to.have.length(30);
    expect(latency?.lines.map(({ label }) => label)).to.deep.equal(['p50', 'p90', 'p95', 'p99']);
    expect(latency?.heat?.cells.map((cells) => cells.filter((w) => w > 0).length)).to.include(3);
    const hits = content.charts.find(({ title }) => title === 'hits');
    expect(hits?.lines[0]?.values[10]).to.equal(1);
  });

  it('asks for nothing from elsewhere, and lets no name out of its text', async () => {
    const html = await page();
    expect(html).to.contain("default-src 'none'");
    expect(html).not.to.match(/\b(?:src|href)="(?!data:)/);
    expect(html).not.to.contain(hostile);
  });

  it('draws itself in a browser, sorts and searches', async function () {
    if (chromium === undefined) this.skip();
    this.timeout(60_000);
    const script = `<script type="module">
      const texts = () => [...document.querySelectorAll('.scroll tbody tr')].map((row) => row.cells[0].textContent);
      const heading = [...document.querySelectorAll('th button')].find((b) => b.textContent === 'count');
      heading.click(); heading.click();
      const ascending = texts();
      const longest = Math.max(...[...document.querySelectorAll('.scroll tbody td:not(.text)')].map((cell) => cell.textContent.length));
      const search = document.getElementById('search');
      search.value = 'TIMER users'; search.dispatchEvent(new Event('input'));
      document.querySelector('.chart button').click();
      document.getElementById('theme').click();
      const result = { ascending, longest, found: texts(), title: document.title,
        canvases: document.querySelectorAll('.chart canvas').length, theme: document.documentElement.dataset.theme };
      document.body.append(Object.assign(document.createElement('pre'), { id: 'result', textContent: JSON.stringify(result) }));
    </script></body>`;
    writeFileSync(folder.file('page.html'), (await page()).replace('</body>', script));
    const { stdout } = await promisify(execFile)(
      chromium,
      [
        ...[
          '--headless',
          '--no-sandbox',
          '--disable-gpu',
          '--no-first-run',
          '--disable-background-networking',
        ],
        ...['--disable-component-update', '--disable-sync', `--user-data-dir=${folder.file('profile')}`],
        ...[
          '--virtual-time-budget=3000',
          '--window-size=1300,2000',
          `--screenshot=${folder.file('page.png')}`,
        ],
        ...['--dump-dom', `file://${folder.file('page.html')}`],
      ],
      { maxBuffer: 1 << 26 },
    );
    const result = JSON.parse(/<pre id="result">(.*?)<\/pre>/s.exec(stdout)?.[1] ?? 'null');
    expect(result.ascending).to.have.length(5);
    expect(result.ascending.at(-1)).to.equal('api.latency');
    expect(result.found).to.deep.equal(['api.latency']);
    // Numbers are written as in a terminal: 1e288 T, and not three hundred digits.
    expect(result.longest).to.be.within(3, 20);
    expect(result.title).to.match(/^Goodall: /);
    expect(result.theme).to.equal('dark');
    expect(stdout.match(/<canvas/g)?.length).to.be.at.least(1);
    // Kept where a build collects what is to be looked at.
    const { ARTEFACTS: artefacts } = process.env;
    if (artefacts !== undefined) {
      writeFileSync(`${artefacts}/report.png`, readFileSync(folder.file('page.png')));
    }
  });
});
