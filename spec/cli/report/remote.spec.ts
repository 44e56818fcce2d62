import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { commandOf } from '../../../lib/cli/report/commands.js';
import { systemClock } from '../../../lib/clock.js';
import { HttpServer } from '../../../lib/http/server.js';
import { SqliteReader } from '../../../lib/storage/sqlite/reader.js';
import { report, silent } from '../../http/fixture.js';
import { run } from '../../support/program.js';
import { checkData } from './check-samples.js';
import { type Done, type Options, runCommand, sharedDatabase } from './paper.js';

const endMs = Date.UTC(2026, 10, 24, 12);

describe('goodall-report --url', () => {
  const { samples, starts } = checkData(endMs);
  const file = sharedDatabase(samples, starts);
  let reader: SqliteReader;
  let server: HttpServer;
  let url = '';

  before(async () => {
    reader = await SqliteReader.open(file.path);
    server = new HttpServer({ reader, clock: systemClock, logger: silent, health: async () => report });
    url = `http://127.0.0.1:${(await server.start(0, '127.0.0.1')).port}`;
  });
  after(async () => {
    await server.close();
    await reader.close();
  });

  async function done(line: readonly string[], options: Options): Promise<Done> {
    const { command, rest } = await commandOf(line);
    return runCommand(command, rest, options, endMs);
  }

  const questions: readonly (readonly [line: readonly string[], options: Options])[] = [
    [[], {}],
    [[], { format: 'json', step: '1m' }],
    [['latency'], { 'group-by': 'host', percentiles: '50,99', format: 'csv' }],
    [['*'], { tag: 'host:a', type: 'timer', format: 'prometheus' }],
    [['h*'], { format: 'html' }],
    [['compare'], { since: '5m', against: '5m' }],
    [['check', 'latency p99 > 900'], {}],
    [['check', 'hits rate > 1 for 5m'], {}],
    [['histogram', 'latency'], { step: '1m' }],
    [['percentiles', 'latency'], {}],
    [['series'], {}],
    [['top'], {}],
  ];
  for (const [line, options] of questions) {
    const title = [...line, ...Object.entries(options).map(([name, value]) => `--${name} ${value}`)].join(
      ' ',
    );
    it(`says what --db says: ${title || 'without arguments'}`, async () => {
      const { text, ...rest } = await done(line, { ...options, url });
      const local = await done(line, { ...options, db: file.path });
      expect({ ...rest, text: text.replaceAll(url, 'there') }).to.deep.equal({
        ...local,
        text: local.text.replaceAll(file.path, 'there'),
      });
    });
  }

  it('merges with files: a series that both hold is one', async () => {
    const one = JSON.parse((await done(['hits'], { format: 'json', url })).text);
    const both = JSON.parse((await done(['hits'], { format: 'json', url, db: file.path })).text);
    expect(both.rows).to.have.length(1);
    expect(both.rows[0].sum).to.equal(2 * one.rows[0].sum);
  });

  it('says what there is instead, as for a file', async () => {
    const failure = await done(['hist'], { url }).then(String, (error: Error) => error.message);
    expect(failure).to.match(/^no name in http:\/\/127\.0\.0\.1:\d+ matches "hist"; did you mean/);
  });

  it('lists neither bad lines nor events where there are none', async () => {
    for (const word of ['bad-lines', 'events']) {
      const failure = await done([word], { url }).then(String, (error: Error) => error.message);
      expect(failure).to.match(/^there (?:is|are) no .* in http:\/\/127\.0\.0\.1:\d+/);
    }
  });
});

describe('goodall-report --url, where it cannot be read', () => {
  async function failure(address: string): Promise<string> {
    const { code, stderr } = await run('goodall-report', ['--url', address]);
    return `${code} ${stderr}`;
  }

  async function stranger(answer: Parameters<typeof createServer>[1]): Promise<[Server, string]> {
    const other = createServer(answer as () => void);
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    return [other, `http://127.0.0.1:${(other.address() as AddressInfo).port}`];
  }

  it('says that nothing answers', async () => {
    const [other, address] = await stranger(undefined);
    await new Promise((resolve) => other.close(resolve));
    expect(await failure(address)).to.match(
      /^1 goodall-report: cannot read http:\S+: no server answers \(.*ECONNREFUSED.*\); start goodall there, or give/,
    );
  });

  it('says that a stranger answers', async () => {
    const [other, address] = await stranger((_, response) => response.end('hello'));
    try {
      expect(await failure(address)).to.match(
        /^1 goodall-report: cannot read http:\S+: what answers there is no goodall/,
      );
    } finally {
      other.close();
    }
  });

  it('does not take a part for the whole', async () => {
    const [other, address] = await stranger((_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write('{"sinceMs":0,"untilMs":1}\n');
      setImmediate(() => response.destroy());
    });
    try {
      expect(await failure(address)).to.match(
        /^1 goodall-report: cannot read http:\S+: the answer broke off: /,
      );
    } finally {
      other.close();
    }
  });

  it('refuses what is no address, and an address given as a file', async () => {
    expect(await failure('localhost:8080')).to.match(
      /^64 .*"localhost:8080" is no address; give one such as http/,
    );
    const { code, stderr } = await run('goodall-report', ['--db', 'http://localhost:8080']);
    expect([code, stderr]).to.deep.equal([
      64,
      'goodall-report: --db: http://localhost:8080 is an address; give it as --url\n',
    ]);
  });
});
