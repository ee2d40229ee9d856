// Builds the laboratory around itself, in namespaces that were just made, and runs the suite in it.
// Usage: build.mjs user|root USER-NAME [vitest arguments]
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join, resolve as absolute } from 'node:path';
import { FILES, HOST, INTERNET, LOWERS, ROUTER } from './addresses.mjs';

const [persona, user, ...rest] = process.argv.slice(2);
const ROOT = join(import.meta.dirname, '../..');
const REAL_ROOT = /^\s*0\s+0\s/.test(readFileSync('/proc/self/uid_map', 'utf8'));
const HERE = '/mnt/glovebox';

must('mount', '--make-rprivate', '/');
offerTun();
offerRun();
offerFiles();
const scratch = offerScratch();
offerResolver();
offerRepository();
offerLowers();
const internet = await serve('internet', ['unshare', '--net', '--']);
connect(internet.pid);
await serve('host', []);
const result = suite();
must('umount', '--lazy', '/var/tmp');
rmSync(scratch, { recursive: true, force: true });
process.exit(result);

/** The device as udev leaves it on ordinary machines: open to all. */
function offerTun() {
  if (!REAL_ROOT) return;
  must('mount', '-t', 'tmpfs', 'tmpfs', '/dev/net');
  must('mknod', '-m', '0666', '/dev/net/tun', 'c', '10', '200');
}

/** A /var/tmp of our own on the same disk: nobody else's litter is in it, and ours goes with it. */
function offerScratch() {
  const directory = mkdtempSync('/var/tmp/glovebox-lab-');
  chmodSync(directory, 0o1777);
  must('mount', '--bind', directory, '/var/tmp');
  return directory;
}

/** A /run of our own, so that a docker.sock can lie there. */
function offerRun() {
  must('mount', '-t', 'tmpfs', '-o', 'mode=0755', 'tmpfs', '/run');
  must('mkdir', '/run/lock');
}

/** What the servers write, and tests read. */
function offerFiles() {
  mkdirSync(dirname(FILES.log));
  writeFileSync(FILES.log, '');
}

/** The internet's resolver. On many machines the file is a link into /run, which is ours by now. */
function offerResolver() {
  const target = linkTarget('/etc/resolv.conf');
  const file = target?.startsWith('/run/') ? target : '/run/resolv.conf';
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `nameserver ${INTERNET.resolver}\n`);
  if (file !== target) must('mount', '--bind', file, '/etc/resolv.conf');
}

function linkTarget(path) {
  try {
    return absolute(dirname(path), readlinkSync(path));
  } catch {
    return null;
  }
}

/** The repository at a place that the test user can reach, wherever the clone lies. */
function offerRepository() {
  must('mount', '-t', 'tmpfs', '-o', 'mode=0755', 'tmpfs', '/mnt');
  must('mkdir', HERE);
  must('mount', '--bind', ROOT, HERE);
  // The test tools write there, whoever runs them.
  for (const name of ['.vite-temp', '.vite']) {
    mkdirSync(join(HERE, 'node_modules', name), { recursive: true });
    must('mount', '-t', 'tmpfs', '-o', 'mode=1777', 'tmpfs', join(HERE, 'node_modules', name));
  }
}

/** Workspaces can lie on other file systems than a disk. */
function offerLowers() {
  must('mkdir', '--parents', LOWERS.overlay, `${scratch}/overlaid/lower`);
  must('mkdir', `${scratch}/overlaid/upper`, `${scratch}/overlaid/work`);
  must('mkdir', '--mode=1777', LOWERS.tmpfs);
  const layers = ['lowerdir=lower', 'upperdir=upper', 'workdir=work'].map((layer) =>
    layer.replace('=', `=${scratch}/overlaid/`),
  );
  const options = [...layers, ...(REAL_ROOT ? [] : ['userxattr'])].join(',');
  must('mount', '-t', 'overlay', 'overlay', '-o', options, LOWERS.overlay);
  chmodSync(LOWERS.overlay, 0o1777);
}

async function serve(side, prefix) {
  const argv = [...prefix, process.execPath, join(import.meta.dirname, 'servers.mjs'), side];
  const child = spawn(argv[0], argv.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('exit', (code) => reject(new Error(`the ${side}'s servers ended with ${code}`)));
  });
  return child;
}

function connect(pid) {
  ip('link', 'set', 'lo', 'up');
  ip('link', 'add', 'lab0', 'type', 'veth', 'peer', 'name', 'lab1', 'netns', String(pid));
  ip('address', 'add', `${HOST.address}/24`, 'dev', 'lab0');
  ip('address', 'add', `${HOST.address6}/64`, 'dev', 'lab0', 'nodad');
  ip('link', 'set', 'lab0', 'up');
  ip('link', 'add', 'idle0', 'type', 'veth', 'peer', 'name', 'idle1');
  ip('address', 'add', `${HOST.idle}/16`, 'dev', 'idle0');
  ip('link', 'set', 'idle0', 'up');

  const there = (...args) => must('nsenter', `--net=/proc/${pid}/ns/net`, '--', 'ip', ...args);
  there('link', 'set', 'lo', 'up');
  there('address', 'add', `${ROUTER.address}/24`, 'dev', 'lab1');
  there('address', 'add', `${ROUTER.address6}/64`, 'dev', 'lab1', 'nodad');
  there('link', 'set', 'lab1', 'up');
  for (const address of Object.values(INTERNET)) {
    const six = address.includes(':');
    there('address', 'add', `${address}/${six ? 128 : 32}`, 'dev', 'lo', ...(six ? ['nodad'] : []));
  }
  ip('route', 'add', 'default', 'via', ROUTER.address);
  ip('route', 'add', 'default', 'via', ROUTER.address6);
  // As systemd sets it: anyone may ping.
  writeFileSync('/proc/sys/net/ipv4/ping_group_range', REAL_ROOT ? '0 2147483647' : '0 0');
}

function suite() {
  const home = persona === 'root' ? '/root' : homeOf(user);
  const env = {
    // The machine's own programs: the development tools lie where the clone happens to lie.
    PATH: machinePath().join(delimiter),
    LANG: 'C.UTF-8',
    HOME: home,
    USER: user,
    LOGNAME: user,
    TMPDIR: '/var/tmp',
    CI: process.env.CI ?? '',
    NO_COLOR: '1',
    GLOVEBOX_LAB: persona,
    GLOVEBOX_NODE: persona === 'user' ? systemNode() : process.execPath,
    ...given('GLOVEBOX_CASES', 'GLOVEBOX_SEED'),
    ...(process.env.GLOVEBOX_TALLY === undefined ? {} : { GLOVEBOX_TALLY: '/run/tally' }),
  };
  if (process.env.GLOVEBOX_TALLY !== undefined) {
    writeFileSync('/run/tally', '');
    must('chmod', '0666', '/run/tally');
  }
  const vitest = [process.execPath, `${HERE}/node_modules/vitest/vitest.mjs`, 'run', ...rest];
  const [program, ...args] = [...becoming(persona, user), ...vitest];
  console.log(`::: ${rest.join(' ')} as ${persona} (${user}), glovebox on ${env.GLOVEBOX_NODE}`);
  const { status } = spawnSync(program, args, { cwd: HERE, env, stdio: 'inherit' });
  if (process.env.GLOVEBOX_TALLY !== undefined) {
    writeFileSync(process.env.GLOVEBOX_TALLY, readFileSync('/run/tally'), { flag: 'a' });
  }
  return status ?? 1;
}

function becoming(who, name) {
  if (who === 'root') return [];
  if (REAL_ROOT) return ['setpriv', '--reuid', name, '--regid', name, '--init-groups', '--'];
  const { uid, gid } = JSON.parse(process.env.GLOVEBOX_IDS ?? '{"uid":1000,"gid":1000}');
  return ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--'];
}

/** What whoever wants a longer look says of it. */
function given(...names) {
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

function homeOf(name) {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((text) => text.startsWith(`${name}:`));
  return line?.split(':')[5] ?? '/';
}

function machinePath() {
  return (process.env.PATH ?? '').split(delimiter).filter((path) => !path.includes('node_modules'));
}

/** The machine's own Node rather than the one among the development tools. */
function systemNode() {
  return (
    machinePath()
      .map((path) => join(path, 'node'))
      .find((path) => existsSync(path)) ?? process.execPath
  );
}

function ip(...args) {
  must('ip', ...args);
}

function must(program, ...args) {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
}
