// An HTTP proxy on the host, as some networks have one: CONNECT, and nothing else.
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { note } from './log.mjs';

export function createProxy() {
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on('connect', (request, client, head) => {
    note({
      kind: 'proxied',
      target: request.url,
      authorization: request.headers['proxy-authorization'] ?? null,
    });
    const { hostname, port } = new URL(`http://${request.url}`);
    const upstream = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) });
    upstream.on('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      client.pipe(upstream).pipe(client);
    });
    upstream.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    client.on('error', () => upstream.destroy());
  });
  return server;
}
