import { describe, expect, it } from 'vitest';
import { bare, bash, PERSONA, policy, seal, type Sealed, workspace } from '../lab/glovebox.ts';

/** Where the supervisor is root the step runs as the workspace's owner, who must not be root. */
const STEP_OWNER = 4711;
const NAMED = 'git config user.name a; git config user.email a@example.test';
/** Everything that can be seen of a tree; git's own refreshing of its index counts as well. */
const SNAPSHOT = `find . -printf '%P %y %m %s %T@\\n' | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum`;

/** A repository with two commits, a branch, a module and a worktree, and a change. */
const MAKE = `set -e; export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=protocol.file.allow GIT_CONFIG_VALUE_0=always
git init -q -b main part; ( cd part; ${NAMED}; echo part > part; git add .; git commit -qm part )
git init -q -b main whole; cd whole; ${NAMED}
echo one > file; git add .; git commit -qm one; git branch topic; echo two > file; git commit -qam two
git submodule --quiet add ../part module; git commit -qm module; git worktree add -q tree topic
echo changed > file`;

/** What a day's work does to a repository; the last line is what came of it. */
const WORK = `set -e; cd whole; ${NAMED}
git status --porcelain; git stash -q; git status --porcelain; git stash pop -q; git commit -qam three
git checkout -q -b other; echo other > other; git add other; git commit -qm other; git checkout -q main
git merge -q other; git tag v1; git rm -q file; git commit -qm gone; git gc -q
( cd module; ${NAMED}; echo more >> part; git commit -qam more )
( cd tree; ${NAMED}; echo tree >> file; git commit -qam tree; git log --format=%s -1 )
git worktree add -q second HEAD~1; git worktree remove second; git fsck --strict --no-dangling 2>&1
git log --format=%s main | tr '\\n' ' '`;
const DONE = ' M file\n?? tree/\n?? tree/\ntree\ngone other three module two one ';

const TEMPLATE = workspace();
const made = bare(bash(MAKE), { cwd: TEMPLATE });
if (made.code !== 0) throw new Error(made.stderr);

function repository(owner: 'step' | 'supervisor' = 'step'): string {
  const cwd = workspace();
  const own = PERSONA === 'root' && owner === 'step' ? `${STEP_OWNER}:${STEP_OWNER}` : '.';
  const script = `cp -a ${TEMPLATE}/. . && chmod 755 . && { [ ${own} = . ] || chown -R ${own} .; }
sed -i "s|${TEMPLATE}|$PWD|" whole/.git/worktrees/tree/gitdir whole/tree/.git`;
  const { code, stderr } = bare(bash(script), { cwd });
  expect(code, stderr).toBe(0);
  return cwd;
}

function sealed(cwd: string, script = WORK, options: readonly string[] = []): Sealed {
  return seal(options, bash(script), { cwd, env: { PATH: '/usr/bin:/bin' } });
}

describe('git in an overlay', () => {
  it('leaves traces everywhere without one: the control', () => {
    const cwd = repository('supervisor');
    const before = bare(bash(SNAPSHOT), { cwd }).stdout;
    expect(bare(bash(WORK), { cwd }).stdout).toBe(DONE);
    expect(bare(bash(SNAPSHOT), { cwd }).stdout).not.toBe(before);
  });

  it.each(PERSONA === 'root' ? (['step', 'supervisor'] as const) : (['step'] as const))(
    'does all of its work in a workspace of the %s, and nothing reaches the host',
    (owner) => {
      const cwd = repository(owner);
      const before = bare(bash(SNAPSHOT), { cwd }).stdout;
      const { stdout, stderr, report } = sealed(cwd);
      expect(stdout, stderr).toBe(DONE);
      expect(report.enforced.filesystem).toBe(true);
      expect(bare(bash(SNAPSHOT), { cwd }).stdout).toBe(before);
    },
  );

  it('reaches the host where the policy says so', () => {
    const cwd = repository();
    const write = policy('version: 1\nfilesystem: { write: [whole/.git] }\n');
    const commit = `cd whole; ${NAMED}; git commit -qam kept; git log --format=%s -1`;
    const { stdout, stderr } = sealed(cwd, commit, ['-p', write]);
    expect(stdout, stderr).toBe('kept\n');
    const log = ['git', '-c', 'safe.directory=*', '-C', 'whole', 'log', '--format=%s', '-1'];
    expect(bare(log, { cwd }).stdout).toBe('kept\n');
    expect(bare(['cat', 'whole/file'], { cwd }).stdout).toBe('changed\n');
  });
});
