// The servers of one side: `internet` or `host`. Prints `ready` and serves until it is killed.
import { chmodSync } from 'node:fs';
import { createServer } from 'node:net';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { GREETING, PORTS, SOCKETS } from './addresses.mjs';

const tcp = async (...where) => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.end(`HTTP/1.0 200 OK\r\n\r\n${GREETING}\n`);
  });
  server.listen(...where);
  await once(server, 'listening');
};

const udp = async (type, port) => {
  const socket = createSocket({ type, ipv6Only: type === 'udp6' });
  socket.on('message', (message, { port: to, address }) =>
    socket.send(`${GREETING} ${message}`, to, address),
  );
  socket.bind(port);
  await once(socket, 'listening');
};

if (process.argv[2] === 'internet') {
  for (const port of [PORTS.web, PORTS.tls, PORTS.database, PORTS.dns]) await tcp(port, '::');
  for (const port of [PORTS.tls, PORTS.dns]) {
    await udp('udp4', port);
    await udp('udp6', port);
  }
} else {
  await tcp(PORTS.hostLoopback, '127.0.0.1');
  await tcp(PORTS.hostAny, '::');
  await tcp(SOCKETS.docker);
  chmodSync(SOCKETS.docker, 0o666);
  await tcp(SOCKETS.abstract);
}
console.log('ready');
