import { expect } from 'chai';
import { csvLines, tsvLines } from '../../lib/report/csv.js';
import { sampleReport, sampleRows } from './sample-report.js';

describe('csvLines', () => {
  it('has a header and one record a row, empty where a type has no such number', () => {
    const lines = [
      ...csvLines(
        sampleReport({ rows: [sampleRows[1], sampleRows[7], sampleRows[9]].flatMap((r) => r ?? []) }),
      ),
    ];
    expect(lines).to.deep.equal([
      'name,type,tags,count,rate,sum,min,mean,max,last,p50,p90,p95,p99',
      'api.requests,counter,"env:prod,status:200",127950,35.542,127950,12.3,35.542,61,,35,48.2,52.1,60.4',
      'queue.depth,gauge,queue:mail,360,,,1,25,49,37,25,37,44.2,49',
      'users.active,set,env:prod,261,,,,,,,,,,',
    ]);
  });

  it('has the time of each step', () => {
    const rows = [{ name: 'u', type: 'set', tags: [], timeMs: 60_000, count: 3 } as const];
    expect([...csvLines(sampleReport({ rows, step: '1m', percentiles: [] }))]).to.deep.equal([
      'name,type,tags,time,count,rate,sum,min,mean,max,last',
      'u,set,,1970-01-01T00:01:00.000Z,3,,,,,,',
    ]);
  });

  it('quotes what needs it and makes control characters visible', () => {
    const tags = [
      { key: 'q', value: 'say "hi"' },
      { key: 'n', value: 'a\nb\u001b' },
    ];
    const rows = [{ name: 'a,b', type: 'set', tags, count: 1 } as const];
    expect([...csvLines(sampleReport({ rows, percentiles: [] }))][1]).to.equal(
      '"a,b",set,"q:say ""hi"",n:a\\nb\\x1b",1,,,,,,',
    );
  });
});

describe('text from outside in a spreadsheet', () => {
  const rows = ['=cmd()', '+1', '-x', '@sum', 'a=b'].map((name) => {
    return { name, type: 'set', tags: [{ key: '=1', value: '' }], count: 1 } as const;
  });
  const report = sampleReport({ rows, percentiles: [] });

  it('is no formula', () => {
    const names = [...csvLines(report)].slice(1).map((line) => line.split(',')[0]);
    expect(names).to.deep.equal(["'=cmd()", "'+1", "'-x", "'@sum", 'a=b']);
    expect([...tsvLines(report)][1]).to.match(/^'=cmd\(\)\tset\t'=1\t/);
  });
});

describe('tsvLines', () => {
  it('has the records of the CSV between tabs, and none within', () => {
    const rows = [{ name: 'a\tb, "c"', type: 'set', tags: [], count: 1 } as const];
    expect([...tsvLines(sampleReport({ rows, percentiles: [] }))]).to.deep.equal([
      'name\ttype\ttags\tcount\trate\tsum\tmin\tmean\tmax\tlast',
      'a\\tb, "c"\tset\t\t1\t\t\t\t\t\t',
    ]);
  });
});
