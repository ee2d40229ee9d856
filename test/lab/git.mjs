// A repository, and git's own program to serve it over HTTP.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FILES } from './addresses.mjs';

const COMMIT = `commit refs/heads/main
committer Glovebox <glovebox@example.com> 1700000000 +0000
data 13
A first step

M 100644 inline greeting.txt
data 26
hello from the repository

`;

/** Makes `lab.git`, with one commit on `main`. */
export function makeRepository() {
  const repository = join(FILES.git, 'lab.git');
  mkdirSync(FILES.git, { recursive: true });
  git(['init', '--quiet', '--bare', '--initial-branch=main', repository]);
  git(['-C', repository, 'fast-import', '--quiet'], COMMIT);
}

/** Nobody's settings but our own: not those of whoever runs the suite. */
const ENVIRONMENT = {
  PATH: process.env.PATH ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
};

function git(args, input = '') {
  const { status, stderr, error } = spawnSync('git', args, {
    input,
    encoding: 'utf8',
    env: ENVIRONMENT,
  });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${error?.message ?? stderr}`);
}

/** One conversation in git's own protocol. */
export function speakGit(socket) {
  const child = spawn('git', ['daemon', '--inetd', '--export-all', `--base-path=${FILES.git}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: ENVIRONMENT,
  });
  child.on('error', () => socket.destroy());
  child.stdin.on('error', () => {});
  socket.pipe(child.stdin);
  child.stdout.pipe(socket);
}

/** What an ssh server runs: `git-upload-pack 'PATH'`; anything else is greeted. */
export function serveCommand(command, user, env) {
  const path = /^git-upload-pack '\/([\w.-]+)'$/.exec(command)?.[1];
  const argv =
    path === undefined
      ? ['printf', '%s\n', `hello ${user}, you asked for: ${command}`]
      : ['git', 'upload-pack', join(FILES.git, path)];
  return spawn(argv[0], argv.slice(1), {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...ENVIRONMENT, GIT_PROTOCOL: env.GIT_PROTOCOL ?? '' },
  });
}

/** One request below /git/ as CGI. */
export function serveGit(request, response) {
  const { pathname, search } = new URL(request.url, 'https://localhost');
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...ENVIRONMENT,
      GIT_PROJECT_ROOT: FILES.git,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: request.headers['git-protocol'] ?? '',
      PATH_INFO: pathname.replace(/^\/git/, ''),
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
    },
  });
  child.on('error', () => response.destroy());
  child.stdin.on('error', () => {});
  request.pipe(child.stdin);
  relay(child.stdout, response);
}

/** A CGI program's head, as headers, and then its body. */
function relay(output, response) {
  let pending = Buffer.alloc(0);
  const take = (data) => {
    pending = Buffer.concat([pending, data]);
    const end = pending.indexOf('\r\n\r\n');
    if (end === -1) return;
    const headers = pending
      .toString('latin1', 0, end)
      .split('\r\n')
      .map((line) => line.split(': ', 2));
    const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
    response.writeHead(Number.parseInt(status, 10), headers.flat());
    response.write(pending.subarray(end + 4));
    output.off('data', take);
    output.pipe(response);
  };
  output.on('data', take);
}
