import { expect } from 'chai';
import { type ClientOptions, StatsdClient } from '../../lib/probe/client.js';
import type { Sample } from '../../lib/probe/sample.js';
import { Receiver } from './receiver.js';

const gauge = (name: string, value: number, tags: Sample['tags'] = []): Sample => ({
  name,
  kind: 'gauge',
  value,
  tags,
});

describe('the statsd client of the probe', () => {
  let receiver: Receiver;
  const errors: Error[] = [];
  const connect = (options: Partial<ClientOptions> = {}): Promise<StatsdClient> =>
    StatsdClient.connect({
      host: '127.0.0.1',
      port: receiver.port,
      prefix: '',
      tags: [],
      onError: (error) => errors.push(error),
      ...options,
    });

  /** Sends with one client and returns when all of it is there. */
  async function send(samples: readonly Sample[], options?: Partial<ClientOptions>): Promise<void> {
    const client = await connect(options);
    for (const sample of samples) client.send(sample);
    await client.flush();
    await receiver.until((received) => received.lines.length >= samples.length);
    await client.close();
  }

  beforeEach(async () => {
    errors.length = 0;
    receiver = await Receiver.open();
  });
  afterEach(() => receiver.close());

  it('writes gauges and counters with prefix and tags', async () => {
    await send(
      [
        gauge('disk_used', 5, [{ key: 'mount', value: '/var' }]),
        { name: 'disk_reads', kind: 'counter', value: 0, tags: [] },
      ],
      {
        prefix: 'prod.db',
        tags: [
          { key: 'host', value: 'a' },
          { key: 'canary', value: '' },
        ],
      },
    );
    expect(receiver.lines).to.deep.equal([
      'prod.db.disk_used:5|g|#host:a,canary,mount:/var',
      'prod.db.disk_reads:0|c|#host:a,canary',
    ]);
  });

  it('fills datagrams, but not beyond 1432 bytes', async () => {
    const samples = Array.from({ length: 200 }, (_, i) =>
      gauge(`metric_number_${i}`, i, [{ key: 'mount', value: '/é' }]),
    );
    await send(samples);
    expect(receiver.lines).to.have.lengthOf(200);
    expect(receiver.datagrams.filter((datagram) => Buffer.byteLength(datagram) > 1432)).to.deep.equal([]);
  });

  it('sets a negative gauge by a change from 0, both in one datagram', async () => {
    const client = await connect();
    // However full the datagram is that it would have gone into.
    for (let n = 0; n < 60; n++) {
      receiver.datagrams.length = 0;
      for (let i = 0; i < n; i++) client.send(gauge(`filler_metric_${i}`, i));
      client.send(gauge('temperature_celsius', -5));
      await client.flush();
      await receiver.until(({ lines }) => lines.length >= n + 2);
      expect(receiver.datagrams.at(-1)).to.equal('temperature_celsius:0|g\ntemperature_celsius:-5|g');
    }
    await client.close();
  });

  it('leaves variables for Datadog’s agent alone', async () => {
    process.env.DD_ENV = 'prod';
    process.env.DD_TAGS = 'team:x';
    process.env.DD_CARDINALITY = 'high';
    try {
      await send([gauge('a', 1)]);
    } finally {
      delete process.env.DD_ENV;
      delete process.env.DD_TAGS;
      delete process.env.DD_CARDINALITY;
    }
    expect(receiver.lines).to.deep.equal(['a:1|g']);
  });

  it('sends over IPv6 to an address of it', async () => {
    receiver.close();
    receiver = await Receiver.open('::1');
    await send([gauge('a', 1)], { host: '::1' });
    expect(receiver.lines).to.deep.equal(['a:1|g']);
  });

  it('finds a host by its name', async () => {
    await send([gauge('a', 1)], { host: 'localhost' });
    expect(receiver.lines).to.deep.equal(['a:1|g']);
  });

  it('reports a name that does not resolve, and goes on', async () => {
    const client = await connect({ host: 'no-such-host.invalid' });
    client.send(gauge('a', 1));
    await client.flush();
    expect(errors[0]?.message).to.contain('no-such-host.invalid');
    await client.close();
  });
});
