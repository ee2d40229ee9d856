// The servers of one side: `internet` or `host`. Prints `ready` and serves until it is killed.
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { GREETING, HOST, INTERNET, PORTS, SOCKETS } from './addresses.mjs';
import { answerTo, isQuery } from './dns.mjs';
import { makeRepository } from './git.mjs';
import { createProxy } from './proxy.mjs';
import { serveInternet } from './services.mjs';

const tcp = async (...where) => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.end(`HTTP/1.0 200 OK\r\n\r\n${GREETING}\n`);
  });
  server.listen(...where);
  await once(server, 'listening');
};

/** One for each address, so that answers come from where the question went. */
const udp = async (address, port) => {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (message, from) => {
    const answer =
      port === PORTS.dns && isQuery(message)
        ? answerTo(message, 'udp', address)
        : `${GREETING} ${message.toString()}`;
    if (answer !== null) socket.send(answer, from.port, from.address);
  });
  socket.bind(port, address);
  await once(socket, 'listening');
};

if (process.argv[2] === 'internet') {
  makeRepository();
  await serveInternet();
  // The addresses come later; until loopback is up the kernel would take them for broadcasts.
  spawnSync('ip', ['link', 'set', 'lo', 'up']);
  // As on a machine without Docker, which a new namespace has otherwise from the machine: nobody answers for nobody.
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '0');
  writeFileSync('/proc/sys/net/ipv4/ip_nonlocal_bind', '1');
  writeFileSync('/proc/sys/net/ipv6/ip_nonlocal_bind', '1');
  for (const address of Object.values(INTERNET)) {
    for (const port of [PORTS.tls, PORTS.dns]) await udp(address, port);
  }
} else {
  await tcp(PORTS.hostLoopback, '127.0.0.1');
  await tcp(PORTS.hostAny, '::');
  await tcp(SOCKETS.docker);
  chmodSync(SOCKETS.docker, 0o666);
  await tcp(SOCKETS.abstract);
  for (const address of ['127.0.0.1', HOST.address]) {
    const proxy = createProxy();
    proxy.listen(PORTS.hostProxy, address);
    await once(proxy, 'listening');
  }
}
console.log('ready');
