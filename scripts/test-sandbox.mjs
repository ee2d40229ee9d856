// Runs what is really sealed twice, as an ordinary user and as root, in a laboratory of its own: a
// network namespace with a small internet behind it. Arguments go on to vitest; without a project
// among them it is the sandbox suite and the tests of the action.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const TEST_USER = 'glovebox-test';
/**
 * Run together, the personas share out the tests of the action, so that all ends in time: each has those
 * in which it matters more who one is. `npm run test:action` runs all of them as both.
 */
const LEFT_TO_THE_OTHER = {
  user: ['control-plane', 'inputs', 'output', 'outputs', 'shells', 'steps', 'trust', 'runner/*'],
  root: ['examples', 'hostile-pull-request'],
};
const given = process.argv.slice(2);
const wanted = process.env.GLOVEBOX_PERSONA?.split(',') ?? ['user', 'root'];

const isRoot = process.getuid() === 0;
// Each has a laboratory of its own, and a sealed run is waiting for half of its time: so all go on side by
// side. What the others say comes afterwards.
const suites =
  given.length > 0
    ? [
        given.includes('--project')
          ? given
          : [...project('sandbox'), ...project('action'), ...given],
      ]
    : [...dealt('sandbox', 2), project('action')];
const results = await Promise.all(
  wanted
    .flatMap((persona) => suites.map((suite) => ({ persona, suite })))
    .map(async ({ persona, suite }, index) => {
      const said = index === 0 ? 'inherit' : 'pipe';
      return isRoot ? await asRoot(persona, suite, said) : await asUser(persona, suite, said);
    }),
);
process.exitCode = results.every((status) => status === 0) ? 0 : 1;

function project(name) {
  return ['--project', name];
}

/** A project's files in as many hands, each about as much: a long file takes long. */
function dealt(name, hands) {
  const size = (file) => statSync(join(ROOT, file)).size;
  const files = readdirSync(join(ROOT, 'test', name))
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `test/${name}/${file}`)
    .toSorted((a, b) => size(b) - size(a));
  return Array.from({ length: hands }, (_, hand) => [
    ...project(name),
    ...files.filter((_file, index) => index % hands === hand),
  ]);
}

async function asRoot(persona, suite, said) {
  if (persona === 'user') ensureTestUser();
  const argv = [
    ...['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--'],
    ...inside(persona, persona === 'user' ? TEST_USER : 'root', suite),
  ];
  return await run(argv, said);
}

async function asUser(persona, suite, said) {
  if (persona === 'user') {
    const argv = [
      ...['unshare', '--user', '--map-root-user', '--net', '--mount', '--pid', '--fork'],
      ...['--kill-child', '--mount-proc', '--', ...inside(persona, userInfo().username, suite)],
    ];
    return await run(argv, said);
  }
  if (spawnSync('sudo', ['-n', 'true']).status === 0) {
    const keep = '--preserve-env=CI,GLOVEBOX_TALLY,PATH';
    const argv = [
      'sudo',
      '-n',
      keep,
      'env',
      'GLOVEBOX_PERSONA=root',
      process.execPath,
      import.meta.filename,
      ...suite,
    ];
    return await run(argv, said);
  }
  console.log('Skipped: the suites as root (neither root nor passwordless sudo)');
  const tally = process.env.GLOVEBOX_TALLY;
  if (tally !== undefined) appendFileSync(tally, '{"passed":0,"failed":0,"skipped":1}\n');
  return process.env.CI === 'true' ? 1 : 0;
}

function inside(persona, user, suite) {
  const left = given.length > 0 || wanted.length < 2 ? [] : LEFT_TO_THE_OTHER[persona];
  const excluded = left.flatMap((name) => ['--exclude', `test/action/${name}.test.ts`]);
  return [process.execPath, join(ROOT, 'test/lab/build.mjs'), persona, user, ...suite, ...excluded];
}

async function run([program, ...args], said) {
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', said, said] });
  const heard = [];
  child.stdout?.on('data', (chunk) => heard.push(chunk));
  child.stderr?.on('data', (chunk) => heard.push(chunk));
  const [status] = await once(child, 'close');
  process.stdout.write(Buffer.concat(heard));
  return status ?? 1;
}

function ensureTestUser() {
  if (spawnSync('id', [TEST_USER]).status === 0) return;
  const { status, stderr } = spawnSync('useradd', [
    '--create-home',
    '--shell',
    '/bin/bash',
    TEST_USER,
  ]);
  if (status !== 0) throw new Error(`the test user could not be made: ${String(stderr)}`);
}
