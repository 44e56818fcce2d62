import { expect } from 'chai';
import { markdownLines } from '../../lib/report/markdown.js';
import { inZone } from '../query/zone.js';
import { sampleAnswer, sampleReport, sampleRows } from './sample-report.js';

describe('markdownLines', () => {
  it('has the facts, the cautions, and a table for each type', () => {
    const answer = sampleAnswer({ loss: { datagramsReceived: 99, datagramsDropped: 1 } });
    const rows = [sampleRows[0], sampleRows[2], sampleRows[9]].flatMap((row) => row ?? []);
    const text = inZone('UTC', () => [...markdownLines(sampleReport({ answer, rows }), false)].join('\n'));
    expect(text).to.equal(`2026-11-24 11:34:50 – 12:34:50 UTC (1 h) · 10 series in goodall.db\x20\x20
10 s buckets · percentiles within 1 % · busiest first · 3 of 10 rows

> **Lost 1 % of datagrams: 1 dropped, 99 received.**

All with \`env:prod method:GET\`:

| TIMERS                | TAGS                      |   COUNT |   RATE |      SUM |     MIN |    MEAN |     P50 |   P90 |     P95 |     P99 |    MAX |
| --------------------- | ------------------------- | ------: | -----: | -------: | ------: | ------: | ------: | ----: | ------: | ------: | -----: |
| \`api.request.latency\` | \`route:/users\`            | 128,400 | 35.7/s | 30.4 min |  420 µs | 14.2 ms |  9.1 ms | 25 ms | 34.3 ms | 58.6 ms | 813 ms |
| \`api.request.latency\` | \`route:/users/:id/orders\` |  30,122 | 8.37/s | 18.5 min | 1.09 ms | 36.9 ms | 23.7 ms | 65 ms | 89.2 ms |  152 ms | 2.11 s |

| SETS           | TAGS       | DISTINCT |
| -------------- | ---------- | -------: |
| \`users.active\` | \`env:prod\` |      261 |`);
  });

  it('keeps bars and backticks of names from breaking the table', () => {
    const rows = [{ name: 'a|b`c', type: 'set', tags: [], count: 1 } as const];
    expect([...markdownLines(sampleReport({ rows }), false)].join('\n')).to.contain('| ``a\\|b`c`` |');
  });
});
