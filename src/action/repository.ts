import { lstatSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { GloveboxError } from '../base/errors.ts';
import type { PolicyText } from '../probe/policy-files.ts';
import { findKept, searchOrder } from '../tools/programs.ts';
import { type Executed, execute } from '../tools/execute.ts';

const GIT_MS = 20_000;
const FETCH_MS = 120_000;

/** Nothing that the tree or its settings name is run, and no question is asked. */
const CAREFUL = [
  ...['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'core.pager=cat'],
  ...['-c', 'protocol.ext.allow=never', '-c', 'safe.directory=*'],
  ...['--no-optional-locks', '--no-pager', '--literal-pathspecs'],
];

/**
 * A file as a commit has it, not as it lies in the checked-out tree. The commit is fetched where it
 * is not there. Throws where it cannot be had: the step is refused then.
 *
 * @param file as the user named it, relative to `workspace`
 * @param commit a full hash
 */
export async function fileAt(commit: string, file: string, workspace: string): Promise<PolicyText> {
  const git = await openRepository(workspace, file);
  const have = await git.run(['cat-file', '-e', `${commit}^{commit}`]);
  if (have.code !== 0) await fetchCommit(git, commit, file);
  const entry = await git.run(['ls-tree', '-z', commit, '--', git.path]);
  const [mode = ''] = entry.stdout.split(' ');
  if (entry.code !== 0 || mode === '') {
    throw refused(
      file,
      `it is not there in the base commit ${commit}`,
      'add it to the base branch first, or set policy-ref: head on purpose',
    );
  }
  if (!mode.startsWith('100')) {
    throw refused(
      file,
      `in the base commit ${commit} it is no plain file`,
      'name a file itself, not a symlink or a directory',
    );
  }
  const shown = await git.run(['cat-file', 'blob', `${commit}:${git.path}`]);
  if (shown.code !== 0) throw refused(file, shown.stderr.trim(), 'see what git says');
  return { name: file, bytes: Buffer.from(shown.stdout), commit };
}

interface Repository {
  run(args: readonly string[], timeout?: number): Promise<Executed>;
  /** The file, relative to the top of the work tree. */
  readonly path: string;
}

/**
 * The outermost repository on the way to the file. It is named to git: what git would find by itself
 * could be a directory of the proposed tree that looks like a repository.
 */
async function openRepository(workspace: string, file: string): Promise<Repository> {
  const program = await findKept('git', searchOrder(process.env['PATH'] ?? ''));
  if (program === null)
    throw refused(file, 'git is not installed where no step could rewrite it', 'install git');
  const inner = relative(workspace, resolve(workspace, file)).split('/').slice(0, -1);
  const onTheWay = ['', ...inner].map((_, index) => join(workspace, ...inner.slice(0, index)));
  const top = onTheWay.find((directory) => isDirectory(join(directory, '.git')));
  if (top === undefined) {
    const remedy = 'check the repository out before this step';
    throw refused(file, `there is no git repository at ${workspace} or on the way to it`, remedy);
  }
  const where = [`--git-dir=${join(top, '.git')}`, `--work-tree=${top}`];
  return {
    path: relative(top, resolve(workspace, file)),
    run: async (args, timeout = GIT_MS) =>
      await execute([program, '-C', top, ...where, ...CAREFUL, ...args], {
        timeout,
        environment: gitEnvironment(),
      }),
  };
}

function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

async function fetchCommit(git: Repository, commit: string, file: string): Promise<void> {
  const shallow = await git.run(['rev-parse', '--is-shallow-repository']);
  const depth = shallow.stdout.trim() === 'true' ? ['--depth=1'] : [];
  const fetched = await git.run(
    [
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-recurse-submodules',
      ...depth,
      'origin',
      commit,
    ],
    FETCH_MS,
  );
  if (fetched.code !== 0) {
    const said = fetched.stderr.trim().split('\n').at(-1) ?? '';
    throw refused(
      file,
      `the base commit ${commit} is not there and could not be fetched${said === '' ? '' : `: ${said}`}`,
      'check out with `fetch-depth: 0`, or leave `persist-credentials` on',
    );
  }
}

/** What git needs to reach the remote as the job does; nothing that names a program. */
function gitEnvironment(): Record<string, string> {
  const handed = [
    'HOME',
    'PATH',
    'SSL_CERT_FILE',
    'HTTPS_PROXY',
    'https_proxy',
    'NO_PROXY',
    'no_proxy',
  ];
  const own = handed.flatMap((name): [string, string][] => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(own), GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
}

function refused(file: string, reason: string, remedy: string): GloveboxError {
  return new GloveboxError(
    'policy-unreadable',
    `the policy file ${file} cannot be had: ${reason}`,
    { remedy },
  );
}
