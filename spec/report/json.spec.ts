import { expect } from 'chai';
import { jsonLines, rowLines } from '../../lib/report/json.js';
import { sampleReport, sampleRows } from './sample-report.js';

describe('jsonLines', () => {
  it('is one document with the keys of the contract', () => {
    const document = JSON.parse([...jsonLines(sampleReport())].join('\n'));
    expect(Object.keys(document)).to.deep.equal([
      'since',
      'until',
      'step',
      'relativeAccuracy',
      'loss',
      'overflow',
      'coverage',
      'resolution',
      'rows',
    ]);
    expect(document).to.deep.include({ since: '2026-11-24T11:34:50.000Z', step: null });
    expect(document.rows).to.have.length(sampleRows.length);
    expect(document.rows[0]).to.deep.equal({
      name: 'api.request.latency',
      type: 'timer',
      tags: { env: 'prod', method: 'GET', route: '/users' },
      count: 128_400,
      rate: 128_400 / 3600,
      sum: 128_400 * 14.2,
      min: 0.42,
      mean: 14.2,
      max: 812.5,
      percentiles: { '50': 9.1, '90': 25, '95': 34.3, '99': 58.6 },
    });
  });

  it('is a document without rows, too', () => {
    const document = JSON.parse([...jsonLines(sampleReport({ rows: [] }))].join('\n'));
    expect(document.rows).to.deep.equal([]);
  });

  it('sends no control character to a terminal, and none is lost', () => {
    const name = 'a\u001b[31m\u009b1m\u007f\u2028z';
    const text = [...jsonLines(sampleReport({ rows: [{ name, type: 'set', tags: [], count: 1 }] }))].join(
      '\n',
    );
    expect(text).not.to.match(/[^\n\P{Cc}]|\u2028/u);
    expect(JSON.parse(text).rows[0].name).to.equal(name);
  });
});

describe('rowLines', () => {
  it('has the rows of the document, one a line', () => {
    const document = JSON.parse([...jsonLines(sampleReport())].join('\n'));
    expect([...rowLines(sampleReport())].map((line) => JSON.parse(line))).to.deep.equal(document.rows);
  });
});
