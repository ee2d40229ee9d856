// What a bad dependency would try. It only looks and tells: it prints no secret, sends nothing,
// takes away what it wrote, and starts 200 short sleeps at most. So it is safe to run unsealed too.
import { spawn } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';

const CHILDREN = 200;

const MEANINGS = {
  EACCES: 'not allowed',
  EAGAIN: 'refused by the kernel',
  ECONNREFUSED: 'refused',
  ENOENT: 'not there',
  EROFS: 'read-only',
};

await attempt('read ~/.ssh/id_ed25519', () => read(join(homedir(), '.ssh/id_ed25519')));
await attempt('read ~/.npmrc', () => read(join(homedir(), '.npmrc')));
await attempt('read /etc/shadow', () => read('/etc/shadow'));
await attempt('find a token in the environment', token);
await attempt("read the first process's environment", firstEnvironment);
await attempt("look at the machine's processes", processes);
await attempt('talk to /var/run/docker.sock', () => dial({ path: '/var/run/docker.sock' }));
await attempt('phone home to 203.0.113.10:443', () => dial({ host: '203.0.113.10', port: 443 }));
await attempt('leave a file in /usr/bin', () => leave('/usr/bin/glovebox-was-here'));
await attempt('leave a file in the home directory', leaveAtHome);
await attempt(`start ${CHILDREN} processes at once`, forkBomb);

/** One line for each: what was tried, and how it went. */
async function attempt(what, act) {
  let result;
  try {
    result = await act();
  } catch (error) {
    result = MEANINGS[error.code] ?? error.code ?? error.message;
  }
  console.log(`  tried to ${what} `.padEnd(50, '.') + ` ${result}`);
}

function read(file) {
  accessSync(file, constants.R_OK);
  return 'READABLE';
}

function token() {
  const names = Object.keys(process.env).filter((name) => /TOKEN|SECRET|PASSW|_KEY/i.test(name));
  return names.length === 0 ? 'none there' : `FOUND ${names.join(' ')}`;
}

function firstEnvironment() {
  const text = readFileSync('/proc/1/environ', 'utf8');
  return text === '' ? 'empty' : 'READABLE';
}

function processes() {
  const count = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length;
  return `sees ${count}${count < 10 ? ', all of this build' : ''}`;
}

function leave(file) {
  writeFileSync(file, '', { flag: 'wx' });
  rmSync(file);
  return 'WRITTEN';
}

function leaveAtHome() {
  leave(join(homedir(), '.glovebox-was-here'));
  const mount = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`tmpfs ${homedir()} `));
  return mount === undefined ? 'WRITTEN' : 'lands in a home that is thrown away';
}

async function dial(where) {
  const socket = connect(where);
  try {
    return await new Promise((resolve, reject) => {
      socket.once('connect', () => resolve('CONNECTED'));
      socket.once('error', reject);
      socket.setTimeout(2000, () => resolve('no answer'));
    });
  } finally {
    socket.destroy();
  }
}

async function forkBomb() {
  const started = Array.from(
    { length: CHILDREN },
    () =>
      new Promise((resolve) => {
        const child = spawn('sleep', ['1'], { stdio: 'ignore' });
        child.on('spawn', () => resolve(true));
        child.on('error', () => resolve(false));
        child.unref();
      }),
  );
  const running = (await Promise.all(started)).filter(Boolean).length;
  return running === CHILDREN ? 'ALL RUN' : `${running} run, the kernel refuses the rest`;
}
