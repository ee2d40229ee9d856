import { readFileSync } from 'node:fs';
import { FILES } from './addresses.mjs';
import { policy } from './glovebox.ts';

export { ZONE } from './zone.mjs';

/** What the internet's servers and the host's proxy write down, each before its answer goes out. */
export type Heard =
  | {
      readonly kind: 'question';
      readonly protocol: 'udp' | 'tcp' | 'tls' | 'https';
      /** Where it was asked. */
      readonly address: string;
      /** As it was asked, in whatever case. */
      readonly name: string;
      /** Such as `A`; `TYPE99` for types without a name here. */
      readonly type: string;
    }
  | { readonly kind: 'connection'; readonly address: string; readonly port: number }
  | {
      readonly kind: 'request';
      readonly address: string;
      readonly port: number;
      readonly sni: string | null;
      readonly host: string | null;
      readonly method: string;
      readonly url: string;
    }
  /** The first line of an ssh client. */
  | { readonly kind: 'banner'; readonly client: string }
  | { readonly kind: 'proxied'; readonly target: string; readonly authorization: string | null };

type Of<Kind> = Extract<Heard, { readonly kind: Kind }>;

/** Listens from here on: what it gives back gives what was heard of one kind since. */
export function listening(): <Kind extends Heard['kind']>(kind: Kind) => Of<Kind>[] {
  const before = lines().length;
  return (kind) =>
    lines()
      .slice(before)
      .map((line) => JSON.parse(line) as Heard)
      .filter((heard): heard is Of<typeof kind> => heard.kind === kind);
}

function lines(): string[] {
  return readFileSync(FILES.log, 'utf8').split('\n').slice(0, -1);
}

/** What an HTTPS server answers to a request for `/`; `sni` is `none` over HTTP. */
export const hello = (host: string, sni = host): string => `hello from ${host} (sni ${sni})\n`;

/** Fetches and prints, and gives up by itself. */
export const curl = (...args: string[]): string[] => [
  ...['curl', '--silent', '--show-error', '--max-time', '10'],
  ...args,
];

/** With these curl, git, Node, Python, pip, npm, cargo and whatever uses OpenSSL trust the laboratory. */
export const TRUST: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...['SSL_CERT_FILE', 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO', 'NODE_EXTRA_CA_CERTS'],
    ...['REQUESTS_CA_BUNDLE', 'PIP_CERT', 'npm_config_cafile', 'CARGO_HTTP_CAINFO'],
  ].map((name) => [name, FILES.authority]),
);

/** ssh, with nobody's settings and no questions; for git as `-c core.sshCommand`, by `join(' ')`. */
export const ssh = (...args: string[]): string[] => [
  ...['ssh', '-F', 'none', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10'],
  ...['-o', 'StrictHostKeyChecking=yes', '-o', `UserKnownHostsFile=${FILES.knownHosts}`],
  ...args,
];

/** Options of `run` with which the step does; for `bare` hand TRUST on as its `env`. */
export function trusting(): string[] {
  const set = Object.entries(TRUST).map(([name, value]) => `    ${name}: ${value}\n`);
  const read = [FILES.authority, FILES.knownHosts].join(', ');
  const text = `version: 1\nfilesystem:\n  read: [${read}]\nenvironment:\n  set:\n`;
  return ['-p', policy(text + set.join(''))];
}
