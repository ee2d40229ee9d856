// Where things are in the laboratory. The host is where the tests run; the internet lies behind it.

/** Addresses on the internet's own loopback; every server listens on all of them. */
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
};

/** `idle` is that of an interface without a carrier, as docker0 has one before the first container. */
export const HOST = { address: '192.0.2.2', address6: '2001:db8:1::2', idle: '172.17.0.1' };
export const ROUTER = { address: '192.0.2.1', address6: '2001:db8:1::1' };

/** TCP servers answer a connection with a greeting, UDP servers with what they were sent. */
export const PORTS = {
  web: 80,
  tls: 443,
  database: 5432,
  dns: 53,
  download: 8080,
  hostLoopback: 7777,
  hostAny: 7778,
};

/** What an answer from the other side begins with. */
export const GREETING = 'hello from the outside';

/** What the internet's DNS servers answer to any question for an address. */
export const ANSWER = INTERNET.allowed;

/** How much comes from the download port, in bytes. */
export const DOWNLOAD = 8 << 20;

/** Host services that no step may reach. */
export const SOCKETS = { docker: '/run/docker.sock', abstract: '\0glovebox-lab' };
