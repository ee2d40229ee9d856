import { describe, expect, it } from 'vitest';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  bare,
  bash,
  GREETING,
  HOST,
  INTERNET,
  NOBODY,
  PORTS,
  seal,
  SERVICES,
} from '../lab/glovebox.ts';
import { curl, hello, listening, ssh, TRUST, trusting } from '../lab/internet.ts';

// The laboratory's other services, from the host: what the suite's controls rest on.

const { cdn, api } = INTERNET;
const ALLOWED = 'allowed.example.com';

const fetched = (...args: string[]): string => bare(curl(...args), { env: TRUST }).stdout;

async function opened(socket: Socket): Promise<Socket> {
  await once(socket, 'connect');
  return socket;
}

describe('raw TCP', () => {
  it('greets and echoes, also after the end of the one half', async () => {
    const socket = await opened(
      connect({ port: PORTS.database, host: ALLOWED, allowHalfOpen: true }),
    );
    socket.end('select 1;');
    expect(await text(socket)).toBe(`${GREETING}\nselect 1;`);
  });

  it('counts an upload', async () => {
    const socket = await opened(
      connect({ port: PORTS.upload, host: ALLOWED, allowHalfOpen: true }),
    );
    socket.end(Buffer.alloc(1_000_000));
    expect(await text(socket)).toBe('1000000 bytes\n');
  });

  it('can be reset', async () => {
    const socket = await opened(connect(PORTS.reset, ALLOWED));
    socket.write('x');
    const [error] = (await once(socket.resume(), 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
  });

  it('has the repository for git in the clear', () => {
    const clone = 'git clone --quiet git://git.example.com/lab.git && cat lab/greeting.txt';
    expect(bare(bash(clone)).stdout).toBe('hello from the repository\n');
  });

  it('is ssh, for anybody', () => {
    const heard = listening();
    const ran = bare(ssh('me@git.example.com', 'anything'));
    expect(ran).toEqual({ code: 0, stdout: 'hello me, you asked for: anything\n', stderr: '' });
    const client = expect.stringMatching(/^SSH-2\.0-/);
    expect(heard('banner')).toEqual([{ kind: 'banner', client }]);
  });

  it('has the repository for git over ssh', () => {
    const clone = `git -c core.sshCommand="${ssh().join(' ')}" clone --quiet git@git.example.com:/lab.git`;
    const ran = bare(bash(`${clone} && cat lab/greeting.txt`));
    expect(ran).toEqual({ code: 0, stdout: 'hello from the repository\n', stderr: '' });
  });

  it.each(SERVICES)('is there at %s on every port', async (address) => {
    const { web, tls, database, echo, dot, git, upload, reset, dns } = PORTS;
    const ports = [web, tls, database, echo, dot, PORTS.ssh, git, upload, reset, dns];
    const open = ports.map(async (port) => {
      const socket = await opened(connect(port, address));
      const { remotePort } = socket;
      socket.destroy();
      return remotePort;
    });
    expect(await Promise.all(open)).toEqual(ports);
  });
});

describe('nobody', () => {
  it.each(Object.values(NOBODY))('answers at %s', async (address) => {
    const socket = connect(PORTS.web, address);
    await expect(
      Promise.race([opened(socket), once(AbortSignal.timeout(300), 'abort').then(() => 'silence')]),
    ).resolves.toBe('silence');
    socket.destroy();
  });
});

describe("the host's proxy", () => {
  it.each(['127.0.0.1', HOST.address])('leads out from %s, and writes it down', (address) => {
    const heard = listening();
    const proxy = ['--proxy', `http://user:word@${address}:${PORTS.hostProxy}`];
    expect(fetched(...proxy, 'https://api.example.net')).toBe(hello('api.example.net'));
    const authorization = `Basic ${Buffer.from('user:word').toString('base64')}`;
    expect(heard('proxied')).toEqual([
      { kind: 'proxied', target: 'api.example.net:443', authorization },
    ]);
    expect(heard('connection')).toEqual([{ kind: 'connection', address: api, port: PORTS.tls }]);
  });

  it('does nothing else', () => {
    const heard = listening();
    const format = ['--output', '/dev/null', '--write-out', '%{http_code}'];
    const proxy = ['--proxy', `http://127.0.0.1:${PORTS.hostProxy}`];
    expect(fetched(...proxy, ...format, `http://${ALLOWED}`)).toBe('405');
    expect(heard('connection')).toEqual([]);
  });
});

describe('a step', () => {
  it('can be told to trust the laboratory', () => {
    const options = ['--network', 'allowlist', '--allow', `${cdn}:443`];
    const attempt = curl('--resolve', `${ALLOWED}:443:${cdn}`, `https://${ALLOWED}`);
    const wary = seal(options, attempt);
    expect(wary.stdout).toBe('');
    expect(wary.stderr).toContain('certificate');

    const ran = seal([...trusting(), ...options], attempt);
    expect(ran.stdout).toBe(hello(ALLOWED));
    expect(ran.code).toBe(0);
  });

  it('knows the key of the ssh servers', () => {
    const options = ['--network', 'allowlist', '--allow', `${api}:${PORTS.ssh}`];
    const ran = seal([...trusting(), ...options], ssh(`me@${api}`, 'anything'));
    expect(ran.stdout).toBe('hello me, you asked for: anything\n');
    expect(ran.code).toBe(0);
  });
});
