// The internet's TCP servers. One listener for each port hands a connection to what speaks at its address.
import { once } from 'node:events';
import { createServer as createWebServer } from 'node:http';
import { createServer as createSecureWebServer } from 'node:https';
import { createServer } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import { GREETING, INTERNET, PORTS, SERVICES } from './addresses.mjs';
import { makeCertificates } from './certificates.mjs';
import { answerStream } from './dns.mjs';
import { speakGit } from './git.mjs';
import { note, plain } from './log.mjs';
import { speakSsh, writeKnownHosts } from './ssh.mjs';
import { answerRequests, download, WEB } from './web.mjs';

/** So that a thousand connections can come at once. */
const BACKLOG = 4096;

/** Starts all of them. The addresses may come later. */
export async function serveInternet() {
  const certificates = await makeCertificates();
  writeKnownHosts();
  const web = createWebServer(WEB);
  answerRequests(web);
  const to = (server) => (socket) => server.emit('connection', socket);
  const https = (versions = {}) => {
    const server = createSecureWebServer({ ...WEB, ...certificates, ...versions });
    answerRequests(server);
    return to(server);
  };
  const tls = (answer) => to(createSecureServer(certificates, (socket) => answer(quiet(socket))));

  await listen(PORTS.web, to(web));
  await listen(PORTS.tls, https(), {
    [INTERNET.tls12]: https({ maxVersion: 'TLSv1.2' }),
    [INTERNET.tls13]: https({ minVersion: 'TLSv1.3' }),
  });
  await listen(
    PORTS.echo,
    tls((socket) => socket.pipe(socket)),
  );
  await listen(
    PORTS.dot,
    tls((socket) => answerStream(socket, 'tls')),
  );
  await listen(PORTS.database, greetAndEcho);
  await listen(PORTS.ssh, speakSsh);
  await listen(PORTS.git, speakGit);
  await listen(PORTS.upload, countBytes);
  await listen(PORTS.reset, (socket) => socket.once('data', () => socket.resetAndDestroy()));
  await everywhere(PORTS.dns, (socket) => answerStream(socket, 'tcp'));
  await everywhere(PORTS.download, (socket) => socket.resume().end(download()));
}

/** Serves `answer` at SERVICES, something else at the addresses of `exceptions`, and a greeting at the rest. */
async function listen(port, answer, exceptions = {}) {
  await everywhere(port, (socket) => {
    const address = plain(socket.localAddress);
    note({ kind: 'connection', address, port });
    if (SERVICES.includes(address)) (exceptions[address] ?? answer)(socket);
    else socket.resume().end(`HTTP/1.0 200 OK\r\n\r\n${GREETING}\n`);
  });
}

async function everywhere(port, answer) {
  const server = createServer({ allowHalfOpen: true }, (socket) => answer(quiet(socket)));
  server.listen(port, '::', BACKLOG);
  await once(server, 'listening');
}

/** A client that goes away is no error. */
function quiet(socket) {
  return socket.on('error', () => {});
}

function greetAndEcho(socket) {
  socket.write(`${GREETING}\n`);
  socket.pipe(socket);
}

/** Answers when the client has ended its half. */
function countBytes(socket) {
  let bytes = 0;
  socket.on('data', (data) => {
    bytes += data.length;
  });
  socket.on('end', () => socket.end(`${bytes} bytes\n`));
}
