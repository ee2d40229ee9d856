// An ssh server that lets everybody in, and knows one thing to do: to serve git. A real sshd needs an
// account, a privileged parent and a package; real clients only need the protocol.
import {
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
  sign,
} from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { BANNER, FILES } from './addresses.mjs';
import { serveCommand } from './git.mjs';
import { note } from './log.mjs';
import { makeOpener, makeSealer, mpint, reader, string, uint32 } from './ssh-wire.mjs';

const CODE = {
  disconnect: 1,
  serviceRequest: 5,
  serviceAccept: 6,
  kexInit: 20,
  newKeys: 21,
  ecdhInit: 30,
  ecdhReply: 31,
  authRequest: 50,
  authSuccess: 52,
  globalRequest: 80,
  requestFailure: 82,
  channelOpen: 90,
  channelConfirmation: 91,
  windowAdjust: 93,
  data: 94,
  eof: 96,
  close: 97,
  channelRequest: 98,
  channelSuccess: 99,
  channelFailure: 100,
};

const CIPHER = 'aes128-ctr';
const MAC = 'hmac-sha2-256';
const PROPOSAL = [
  'curve25519-sha256',
  'ssh-ed25519',
  CIPHER,
  CIPHER,
  MAC,
  MAC,
  'none',
  'none',
  '',
  '',
];

/** So much may come before we would have to say that more may; nobody sends it. */
const WINDOW = 0x7fff_ffff;
const MAX_PACKET = 32_768;

const hostKey = generateKeyPairSync('ed25519');
const rawKey = (key) => Buffer.from(key.export({ format: 'jwk' }).x, 'base64url');
const HOST_KEY = Buffer.concat([string('ssh-ed25519'), string(rawKey(hostKey.publicKey))]);

/** For `UserKnownHostsFile`. */
export function writeKnownHosts() {
  writeFileSync(FILES.knownHosts, `* ssh-ed25519 ${HOST_KEY.toString('base64')}\n`);
}

/** One connection, with at most one channel. */
export function speakSsh(socket) {
  const sealer = makeSealer();
  const opener = makeOpener();
  const send = (code, ...parts) =>
    socket.write(sealer.seal(Buffer.concat([Buffer.from([code]), ...parts])));
  const exchange = makeExchange(sealer, opener, send);
  const session = makeSession(socket, send);
  let line = Buffer.alloc(0);
  let greeted = false;

  const take = (data) => {
    if (greeted) opener.add(data);
    else line = Buffer.concat([line, data]);
    const end = line.indexOf('\n');
    if (!greeted && end !== -1) {
      greeted = true;
      const client = line.toString('latin1', 0, end).trimEnd();
      note({ kind: 'banner', client });
      exchange.begin(client);
      opener.add(line.subarray(end + 1));
    }
    if (!greeted) return;
    for (let payload = opener.next(); payload !== null; payload = opener.next()) {
      if (!exchange.take(payload)) session.take(payload);
    }
  };
  socket.write(`${BANNER}\r\n`);
  socket.on('data', (data) => {
    try {
      take(data);
    } catch {
      socket.destroy();
    }
  });
  socket.on('close', () => session.end());
}

/** The key exchange, once at the beginning. */
function makeExchange(sealer, opener, send) {
  const cookie = randomBytes(16);
  const ours = Buffer.concat([cookie, ...PROPOSAL.map((list) => string(list)), Buffer.alloc(5)]);
  const init = Buffer.concat([Buffer.from([CODE.kexInit]), ours]);
  const said = { client: '', init: Buffer.alloc(0) };
  let incoming = null;

  const agree = (theirs) => {
    const pair = generateKeyPairSync('x25519');
    const own = rawKey(pair.publicKey);
    const jwk = { kty: 'OKP', crv: 'X25519', x: theirs.toString('base64url') };
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
    const secret = mpint(diffieHellman({ privateKey: pair.privateKey, publicKey }));
    const spoken = [said.client, BANNER, said.init, init, HOST_KEY, theirs, own].map((part) =>
      string(part),
    );
    const hash = sha256(...spoken, secret);
    const signature = Buffer.concat([
      string('ssh-ed25519'),
      string(sign(null, hash, hostKey.privateKey)),
    ]);
    send(CODE.ecdhReply, string(HOST_KEY), string(own), string(signature));
    send(CODE.newKeys);
    const derived = (letter) => sha256(secret, hash, Buffer.from(letter), hash);
    const keys = (iv, key, mac) => ({
      iv: derived(iv).subarray(0, 16),
      key: derived(key).subarray(0, 16),
      mac: derived(mac),
    });
    sealer.use(keys('B', 'D', 'F'));
    incoming = keys('A', 'C', 'E');
  };

  return {
    begin(client) {
      said.client = client;
      send(CODE.kexInit, ours);
    },
    /** Whether the message was one of the exchange. */
    take(payload) {
      if (payload[0] === CODE.kexInit) said.init = Buffer.from(payload);
      else if (payload[0] === CODE.ecdhInit) agree(reader(payload.subarray(1)).string());
      else if (payload[0] === CODE.newKeys) opener.use(incoming);
      else return false;
      return true;
    },
  };
}

function sha256(...parts) {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

/** What comes after the keys: anyone is who they say, and may run one command. */
function makeSession(socket, send) {
  const env = {};
  let user = '';
  let peer = uint32(0);
  let room = 0;
  let child = null;
  let waiting = Buffer.alloc(0);
  let done = null;

  const flush = () => {
    while (room > 0 && waiting.length > 0) {
      const part = waiting.subarray(0, Math.min(room, MAX_PACKET));
      waiting = waiting.subarray(part.length);
      room -= part.length;
      send(CODE.data, peer, string(part));
    }
    if (waiting.length > 0 || done === null) return;
    send(CODE.eof, peer);
    send(CODE.channelRequest, peer, string('exit-status'), Buffer.alloc(1), uint32(done));
    send(CODE.close, peer);
    done = null;
  };
  const run = (command) => {
    child = serveCommand(command, user, env);
    child.stdin.on('error', () => {});
    child.stdout.on('data', (data) => {
      waiting = Buffer.concat([waiting, data]);
      flush();
    });
    child.on('close', (code) => {
      done = code ?? 1;
      flush();
    });
  };
  const request = (fields) => {
    fields.uint32();
    const type = fields.string().toString();
    const wantsReply = fields.flag();
    if (type === 'env') env[fields.string().toString()] = fields.string().toString();
    const runs = type === 'exec' && child === null;
    if (wantsReply) send(runs ? CODE.channelSuccess : CODE.channelFailure, peer);
    if (runs) run(fields.string().toString());
  };

  return {
    take(payload) {
      const fields = reader(payload.subarray(1));
      switch (payload[0]) {
        case CODE.serviceRequest:
          return send(CODE.serviceAccept, string(fields.string()));
        case CODE.authRequest:
          user = fields.string().toString();
          return send(CODE.authSuccess);
        case CODE.globalRequest:
          fields.string();
          return fields.flag() && send(CODE.requestFailure);
        case CODE.channelOpen:
          fields.string();
          peer = uint32(fields.uint32());
          room = fields.uint32();
          return send(
            CODE.channelConfirmation,
            peer,
            uint32(0),
            uint32(WINDOW),
            uint32(MAX_PACKET),
          );
        case CODE.windowAdjust:
          fields.uint32();
          room += fields.uint32();
          return flush();
        case CODE.data:
          fields.uint32();
          return child?.stdin.write(fields.string());
        case CODE.eof:
          return child?.stdin.end();
        case CODE.channelRequest:
          return request(fields);
        case CODE.close:
        case CODE.disconnect:
          return socket.end();
        default:
          return undefined;
      }
    },
    end: () => child?.kill(),
  };
}
