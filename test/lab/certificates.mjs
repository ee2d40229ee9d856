// An authority and its certificates, made anew for each laboratory. Only the authority's certificate
// is left to be read; what it signed with is gone when this is through.
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { promisify } from 'node:util';
import { FILES, INTERNET } from './addresses.mjs';

/** Each a certificate of its own. The first is shown to whoever names nobody, or nobody known. */
const CERTIFICATES = [
  ['default.example.com', INTERNET.publicResolver],
  ['allowed.example.com'],
  ['other.example.com'],
  ['api.example.net'],
  ['git.example.com'],
  ['dns.example.org'],
  ['*.wild.example.com', '*.deep.wild.example.com'],
  ['*.example.com', '*.move.example.com', '*.turn.example.com', '*.tunnel.example.net'],
  ['xallowed.com', 'allowed.com', 'allowed.example.com.evil.example.org'],
];

const CONFIG = `
[req]
distinguished_name = subject
[subject]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`;

/** What a TLS server needs to show the certificate for the name it is asked for. */
export async function makeCertificates() {
  const directory = mkdtempSync(join(tmpdir(), 'lab-keys-'));
  try {
    const file = (name, content) => {
      writeFileSync(join(directory, name), content, { mode: 0o600 });
      return join(directory, name);
    };
    const config = file('config', CONFIG);
    const keys = ['authority.key', 'server.key'].map((name) => file(name, newKey()));
    await authority(keys[0], config);
    const issuer = ['-CA', FILES.authority, '-CAkey', keys[0]];
    const made = await Promise.all(
      CERTIFICATES.map(async (names) => [names, await certify(names, keys[1], config, issuer)]),
    );
    return shownBy(made, readFileSync(keys[1]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function newKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' });
}

async function authority(key, config) {
  const certificate = await request(key, config, [
    '-subj',
    '/CN=laboratory',
    '-extensions',
    'authority',
  ]);
  writeFileSync(FILES.authority, certificate);
  chmodSync(FILES.authority, 0o644);
}

async function certify(names, key, config, issuer) {
  const alternatives = names.map((name) => `${/^[\d.]+$/.test(name) ? 'IP' : 'DNS'}:${name}`);
  return await request(key, config, [
    ...issuer,
    ...['-subj', `/CN=${names[0]}`, '-extensions', 'server'],
    ...['-addext', `subjectAltName=${alternatives.join(',')}`],
  ]);
}

async function request(key, config, rest) {
  const args = ['req', '-x509', '-new', '-key', key, '-config', config, '-days', '2', ...rest];
  const { stdout } = await promisify(execFile)('openssl', args, { encoding: 'utf8' });
  return stdout;
}

function shownBy(made, key) {
  const contexts = made.map(([names, cert]) => [names, createSecureContext({ key, cert })]);
  const [[, first]] = contexts;
  const isFor = (name) => (pattern) =>
    pattern === name || (pattern.startsWith('*.') && pattern.slice(1) === /\..*$/.exec(name)?.[0]);
  const of = (name) => contexts.find(([names]) => names.some(isFor(name)))?.[1] ?? first;
  return {
    key,
    cert: made[0][1],
    SNICallback: (name, done) => done(null, of(name.toLowerCase())),
  };
}
