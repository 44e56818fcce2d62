import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';

/** Where backend modules send to: HTTP, TCP and UDP on free ports of the loopback interface. */
export class Sinks {
  /** Bodies of requests, texts of connections and of datagrams, by where they came in. */
  readonly received: Record<
    'influxdb' | 'librato' | 'elasticsearch' | 'opentsdb' | 'udpkv' | 'graphite',
    string[]
  > = {
    influxdb: [],
    librato: [],
    elasticsearch: [],
    opentsdb: [],
    udpkv: [],
    graphite: [],
  };
  private readonly servers: (Server | TcpServer)[] = [];
  private udp: Socket | undefined;

  /** The configuration that makes the modules send here. */
  async open(): Promise<object> {
    const [influxdb, librato, elasticsearch] = [
      await this.http('influxdb'),
      await this.http('librato'),
      await this.http('elasticsearch'),
    ];
    const opentsdbPort = await this.tcp('opentsdb');
    const graphitePort = await this.tcp('graphite');
    this.udp = createSocket('udp4').bind(0, '127.0.0.1');
    this.udp.on('message', (message) => this.received.udpkv.push(message.toString()));
    await once(this.udp, 'listening');
    return {
      influxdb: {
        host: '127.0.0.1',
        port: influxdb,
        version: 0.9,
        database: 'db',
        includeStatsdMetrics: false,
      },
      librato: { api: `http://127.0.0.1:${librato}`, email: 'a@b', token: 't', source: 's', snapTime: 1 },
      elasticsearch: { host: '127.0.0.1', port: elasticsearch, indexPrefix: 'i' },
      ...{ opentsdbHost: '127.0.0.1', opentsdbPort },
      ...{ graphiteHost: '127.0.0.1', graphitePort },
      udpkv: { addr: `127.0.0.1:${this.udp.address().port}`, format: 'json' },
      repeater: [{ host: '127.0.0.1', port: this.udp.address().port }],
    };
  }

  async close(): Promise<void> {
    this.udp?.close();
    for (const server of this.servers) {
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close();
    }
  }

  private async http(name: 'influxdb' | 'librato' | 'elasticsearch'): Promise<number> {
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        this.received[name].push(`${request.method} ${request.url}\n${body}`);
        response.writeHead(name === 'influxdb' ? 204 : 200, { 'content-type': 'application/json' }).end();
      });
    });
    return this.listen(server);
  }

  private async tcp(name: 'opentsdb' | 'graphite'): Promise<number> {
    const server = createTcpServer((socket) => {
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      socket.on('end', () => this.received[name].push(text));
      socket.on('error', () => {});
    });
    return this.listen(server);
  }

  private async listen(server: Server | TcpServer): Promise<number> {
    this.servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }
}
