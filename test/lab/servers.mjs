// The servers of one side: `internet` or `host`. Prints `ready` and serves until it is killed.
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { ANSWER, DOWNLOAD, GREETING, INTERNET, PORTS, SOCKETS } from './addresses.mjs';

const tell = async (what, ...where) => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.end(what);
  });
  server.listen(...where);
  await once(server, 'listening');
};

const tcp = async (...where) => await tell(`HTTP/1.0 200 OK\r\n\r\n${GREETING}\n`, ...where);

/** Bytes of which no two stretches are alike. */
const download = () => Buffer.from(Uint32Array.from({ length: DOWNLOAD / 4 }, (_, i) => i).buffer);

/** One for each address, so that answers come from where the question went. */
const udp = async (address, port) => {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (message, from) => {
    const question = port === PORTS.dns && message.length > 16 && message.readUInt16BE(4) === 1;
    socket.send(
      question ? answerTo(message) : `${GREETING} ${message.toString()}`,
      from.port,
      from.address,
    );
  });
  socket.bind(port, address);
  await once(socket, 'listening');
};

/** The answer to a DNS query of one question; an empty one unless it is for an IPv4 address. */
function answerTo(query) {
  const end = query.indexOf(0, 12) + 5;
  const isA = query.readUInt16BE(end - 4) === 1;
  const header = Buffer.from([0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0]);
  const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...ANSWER.split('.').map(Number)];
  const parts = [query.subarray(0, 2), header, query.subarray(12, end)];
  return Buffer.concat(isA ? [...parts, Buffer.from(record)] : parts);
}

if (process.argv[2] === 'internet') {
  for (const port of [PORTS.web, PORTS.tls, PORTS.database, PORTS.dns]) await tcp(port, '::');
  await tell(download(), PORTS.download, '::');
  // The addresses come later; until loopback is up the kernel would take them for broadcasts.
  spawnSync('ip', ['link', 'set', 'lo', 'up']);
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
}
console.log('ready');
