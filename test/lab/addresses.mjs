// Where things are in the laboratory. The host is where the tests run; the internet lies behind it.

/** Addresses on the internet's own loopback. Those in SERVICES have servers of their own, the rest greet. */
export const INTERNET = {
  allowed: '203.0.113.10',
  other: '198.51.100.7',
  metadata: '169.254.169.254',
  azure: '168.63.129.16',
  private: '10.20.0.5',
  resolver: '203.0.113.53',
  allowed6: '2001:db8::10',
  other6: '2001:db8:ffff::7',
  unique6: 'fd12::10',
  cdn: '203.0.113.80',
  cdn6: '2001:db8::80',
  api: '203.0.113.20',
  intranet: '10.20.0.9',
  tls12: '203.0.113.12',
  tls13: '203.0.113.13',
  publicResolver: '198.51.100.53',
};

/** Where HTTP, HTTPS, ssh and the like are really spoken; see services.mjs. */
export const SERVICES = [
  ...[INTERNET.cdn, INTERNET.cdn6, INTERNET.api, INTERNET.intranet],
  ...[INTERNET.tls12, INTERNET.tls13, INTERNET.publicResolver],
];

/** Addresses of the internet where nothing answers, not even with a refusal. */
export const NOBODY = { address: '198.51.100.99', address6: '2001:db8:dead::1' };

/** `idle` is that of an interface without a carrier, as docker0 has one before the first container. */
export const HOST = { address: '192.0.2.2', address6: '2001:db8:1::2', idle: '172.17.0.1' };
export const ROUTER = { address: '192.0.2.1', address6: '2001:db8:1::1' };

/**
 * TCP servers answer a connection with a greeting, UDP servers with what they were sent.
 * At SERVICES `web` and `tls` speak HTTP, `echo` and `database` send back what they are sent (`echo`
 * over TLS, `database` after a greeting), `upload` counts bytes until the client's end, `reset` resets
 * at the first byte, `ssh` lets anybody in, `git` has the repositories in the clear.
 */
export const PORTS = {
  web: 80,
  tls: 443,
  database: 5432,
  dns: 53,
  download: 8080,
  hostLoopback: 7777,
  hostAny: 7778,
  ssh: 22,
  git: 9418,
  dot: 853,
  echo: 8443,
  upload: 9009,
  reset: 9010,
  hostProxy: 3128,
};

/** What an answer from the other side begins with. */
export const GREETING = 'hello from the outside';

/** What an ssh server says first. */
export const BANNER = 'SSH-2.0-lab';

/** What the internet's DNS servers answer to a question for the address of anything under lab.test. */
export const ANSWER = INTERNET.allowed;

/** How much comes from the download port, in bytes. */
export const DOWNLOAD = 8 << 20;

/** Files of the laboratory that tests read; they are gone with it. */
export const FILES = {
  /** The certificate of the authority that all of the internet's servers are certified by. */
  authority: '/run/lab/authority.pem',
  /** The ssh servers' key, as ssh remembers it. */
  knownHosts: '/run/lab/known_hosts',
  /** What the internet and the host's proxy heard, a line of JSON each; see log.mjs. */
  log: '/run/lab/log',
  /** Bare repositories that are served under /git/ over HTTPS, and by git's own protocol. */
  git: '/run/lab/git',
};

/** Where a workspace can lie on another file system than a disk; anybody may write there. */
export const LOWERS = { tmpfs: '/mnt/lowers/tmpfs', overlay: '/mnt/lowers/overlay' };

/** Host services that no step may reach. */
export const SOCKETS = { docker: '/run/docker.sock', abstract: '\0glovebox-lab' };
