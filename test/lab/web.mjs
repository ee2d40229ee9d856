// What the laboratory's web servers answer, over HTTP and over HTTPS.
import { setTimeout as sleep } from 'node:timers/promises';
import { DOWNLOAD, PORTS } from './addresses.mjs';
import { answerWeb } from './dns.mjs';
import { serveGit } from './git.mjs';
import { note, plain } from './log.mjs';
import { answerUpgrade } from './websocket.mjs';

/** Lenient, so that what a strict server would refuse counts as arrived. */
export const WEB = {
  insecureHTTPParser: true,
  requireHostHeader: false,
  keepAliveTimeout: 60_000,
  requestTimeout: 0,
};

/** Bytes of which no two stretches are alike. */
export const download = (bytes = DOWNLOAD) =>
  Buffer.from(Uint32Array.from({ length: Math.ceil(bytes / 4) }, (_, i) => i).buffer, 0, bytes);

/** Every request is noted when its head has arrived; the answer waits for its body. */
export function answerRequests(server) {
  server.on('request', (request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.on('upgrade', (request, socket, head) => {
    tell(request);
    answerUpgrade(request, socket, head);
  });
  server.on('clientError', (_, socket) => socket.destroy());
}

async function answer(request, response) {
  tell(request);
  const { pathname, searchParams } = new URL(request.url, 'https://localhost');
  if (pathname.startsWith('/git/')) return serveGit(request, response);

  const body = Buffer.concat(await Array.fromAsync(request));
  switch (pathname) {
    case '/':
      return response.end(`${greetingOf(request)}\n`);
    case '/chunked':
      for (const word of ['one\n', 'two\n', 'three\n']) response.write(word);
      return response.end();
    case '/download':
      return response.end(download(Number(searchParams.get('bytes') ?? DOWNLOAD)));
    case '/slow':
      await sleep(Number(searchParams.get('ms') ?? 1000));
      return response.end('at last\n');
    case '/dns-query':
      return answerWeb(request, body, response);
    default:
      return response.setHeader('content-type', 'application/json').end(mirror(request, body));
  }
}

/** Over HTTP the SNI is `none`. */
function greetingOf({ headers, socket }) {
  return `hello from ${headers.host?.replace(/:\d+$/, '')} (sni ${socket.servername || 'none'})`;
}

function mirror({ method, url, headers }, body) {
  return `${JSON.stringify({ method, url, host: headers.host ?? null, headers, bytes: body.length })}\n`;
}

function tell({ method, url, headers, socket }) {
  note({
    kind: 'request',
    address: plain(socket.localAddress),
    port: socket.encrypted === true ? PORTS.tls : PORTS.web,
    sni: socket.servername || null,
    host: headers.host ?? null,
    method,
    url,
  });
}
