import { chmodSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EffectiveSandbox } from '../../src/report/schema.ts';
import { bare, bash, CLI, NODE, PERSONA, policy, type Ran, workspace } from '../lab/glovebox.ts';
import { withMounts } from '../lab/mounts.ts';

const ROOT = PERSONA === 'root';
const DEEP = 'd'.repeat(190);

/** Symlinks as npm makes them, case clashes, a name that is no text, a path of 4,000 bytes, a shut directory. */
const ODD_TREE = String.raw`
mkdir -p node_modules/.bin node_modules/a lib shut
echo js > node_modules/a/cli.js; ln -s ../a/cli.js node_modules/.bin/a; ln -s nowhere dangling
echo upper > lib/Name; echo lower > lib/name; echo bad > $'bad\xff\xfename'
echo in > shut/in; chmod 555 shut
( for i in $(seq 20); do mkdir ${DEEP}; cd ${DEEP}; done; echo deep > f )`;
const CHANGE_IT = String.raw`set -e
echo more >> node_modules/.bin/a; [ "$(wc -l < node_modules/a/cli.js)" = 2 ]; echo x > dangling; rm nowhere
[ "$(cat lib/Name lib/name)" = "$(printf 'upper\nlower')" ]; rm lib/name; echo other > lib/NAME
mv $'bad\xff\xfename' $'worse\xff'; chmod 755 shut; echo x > shut/new; rm shut/in
for i in $(seq 20); do cd ${DEEP}; done; echo more >> f; [ "$(cat f)" = "$(printf 'deep\nmore')" ]
cd "$HERE"; mv ${DEEP} gone; rm -rf gone; echo changed`;
const SNAPSHOT = `find . -printf '%P %y %m %l\\n' | sort; find . -type f -print0 | sort -z | xargs -0 cat`;

/** What a script says that runs `glovebox run … -- $STEP` in a directory, and the report of that. */
function within(
  prefix: readonly string[],
  { options = [], before = '', after = '' }: Partial<Around>,
  step: string,
): Ran & { readonly report: EffectiveSandbox; readonly notes: readonly string[] } {
  const where = workspace();
  chmodSync(where, 0o755);
  const file = join(mkdtempSync('/var/tmp/lab-report-'), 'report.json');
  const script = `cd "$HERE"; ${before}
"$@"; ${after}`;
  const ran = bare(
    [
      ...[...prefix, ...bash(script), 'bash'],
      ...[NODE, CLI, 'run', '--env', 'HERE', '--report', file, ...options, '--', ...bash(step)],
    ],
    { cwd: where, env: { HERE: where } },
  );
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as EffectiveSandbox;
    return { ...ran, report, notes: report.notes.map(({ code }) => code) };
  } catch {
    throw new Error(`no report was written: ${ran.code} ${ran.stderr}`);
  }
}

interface Around {
  readonly options: readonly string[];
  /** Scripts that run in the workspace. */
  readonly before: string;
  readonly after: string;
}

const inPolicy = (text: string): string[] => ['-p', policy(`version: 1\nfilesystem: ${text}\n`)];

describe('an overlay over odd files', () => {
  it('is needed: without one they are changed', () => {
    const where = workspace();
    const script = `${ODD_TREE}\n{ ${SNAPSHOT}; } > /tmp/a.$$; ( ${CHANGE_IT} ); { ${SNAPSHOT}; } | cmp -s - /tmp/a.$$ || echo differs`;
    expect(bare(bash(script), { cwd: where, env: { HERE: where } }).stdout).toBe(
      'changed\ndiffers\n',
    );
  });

  it.each([
    ['a disk', ''],
    ['tmpfs', 'mount -t tmpfs -o mode=0755 tmpfs "$HERE"'],
    [
      'an overlay',
      't=$(mktemp -d); chmod 755 $t; mount -t tmpfs tmpfs $t; mkdir $t/l $t/u $t/w; mount -t overlay overlay -o lowerdir=$t/l,upperdir=$t/u,workdir=$t/w "$HERE"; chmod 755 "$HERE"',
    ],
  ])('on %s lets the step change them, and the host does not see it', (_, mounts) => {
    const scratch = mkdtempSync('/var/tmp/lab-scratch-');
    chmodSync(scratch, 0o711);
    const around = {
      before: `${ODD_TREE}\n{ ${SNAPSHOT}; } > /tmp/before.$$; export TMPDIR=${scratch}`,
      after: `{ ${SNAPSHOT}; } | cmp - /tmp/before.$$ && echo same`,
    };
    const { stdout, stderr, report } = within(withMounts(mounts), around, CHANGE_IT);
    expect(stdout, stderr).toBe('changed\nsame\n');
    expect(report.enforced.filesystem).toBe(true);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('that is already the second of its kind is told, and nothing runs', () => {
    const twice = withMounts(`t=$(mktemp -d); chmod 755 $t; mount -t tmpfs tmpfs $t; cd $t
mkdir l u1 w1 m u2 w2; mount -t overlay overlay -o lowerdir=l,upperdir=u1,workdir=w1 m
mount -t overlay overlay -o lowerdir=m,upperdir=u2,workdir=w2 "$HERE"; chmod 755 "$HERE"; cd /`);
    const refused = within(twice, {}, 'echo ran');
    expect(refused.stdout).toBe('');
    expect(refused.report.downgrades.map(({ code }) => code)).toEqual(['overlay-workspace']);
    const degraded = within(twice, { options: ['--on-unavailable', 'degrade'] }, 'echo ran');
    expect(degraded.stdout).toBe('ran\n');
    expect(degraded.report.layers.filesystem.mechanism).toContain('writable in place');
    expect(degraded.report.enforced.filesystem).toBe(false);
  });
});

describe('what is mounted in the workspace', () => {
  const MOUNTED = withMounts(`cd "$HERE"; mkdir cache plain; echo under > cache/under; : > file
mount -t tmpfs -o mode=0777 tmpfs cache; echo over > cache/over; mkdir -m 777 cache/repo cache/repo/.git
printf '[http "https://example.com/"]\\n\\textraheader = AUTHORIZATION: canary\\n' > cache/repo/.git/config
echo of-the-mount > /tmp/of-the-mount; mount --bind /tmp/of-the-mount file; chmod 777 . plain; cd /`);
  const LOOK = `ls cache; cat file; cat cache/repo/.git/config; echo x > plain/x && echo wrote
{ echo x > cache/x || echo x > file; } 2>/dev/null && echo got through; true`;
  const UNCHANGED = 'cache:\nover\nrepo\n\nplain:\n1\n';
  type Row = [name: string, options: string[], step: string, stdout: string, downgrades: string[]];
  const UNDER_ROOT: Row[] = [
    ['seen', [], LOOK, `over\nrepo\nof-the-mount\nwrote\n${UNCHANGED}`, []],
    [
      'written',
      inPolicy('{write: [cache]}'),
      'echo x > cache/x',
      UNCHANGED.replace('repo', 'repo\nx'),
      [],
    ],
    [
      'hidden',
      inPolicy('{hide: [cache]}'),
      `${LOOK} 2>/dev/null`,
      `of-the-mount\nwrote\n${UNCHANGED}`,
      [],
    ],
  ];
  const UNDER_A_USER: Row[] = [
    ['what keeps a user from an overlay', [], LOOK, UNCHANGED, ['overlay-nested']],
    [
      'there in workspace mode',
      ['--filesystem', 'workspace'],
      'echo x > cache/x',
      UNCHANGED.replace('repo', 'repo\nx'),
      [],
    ],
  ];

  it.each(ROOT ? UNDER_ROOT : UNDER_A_USER)('is %s', (_, options, step, stdout, downgrades) => {
    const after = 'ls cache plain; grep -c canary cache/repo/.git/config';
    const ran = within(MOUNTED, { options, after }, step);
    expect(ran.stdout).toBe(stdout);
    expect(ran.report.downgrades.map(({ code }) => code)).toEqual(downgrades);
    expect(ran.report.enforced.filesystem).toBe(downgrades.length === 0);
  });
});

it('what belongs to somebody else cannot be changed, and is told', () => {
  const theirs = ROOT
    ? withMounts(
        'cd "$HERE"; mkdir made; echo theirs > made/theirs; echo theirs > theirs; chown 4711 .; cd /',
      )
    : withMounts('mount --bind /etc/default "$HERE"');
  const step = `find . -type f -exec bash -c 'echo x >> "$1" && echo changed' - {} ';' 2>/dev/null; echo over`;
  const { stdout, report } = within(theirs, {}, step);
  expect(stdout).toBe('over\n');
  const [note] = report.notes.filter(({ code }) => code === 'foreign-files');
  expect(note?.text).toContain(
    ROOT ? '"made", "theirs"' : `"${readdirSync('/etc/default').toSorted()[0] ?? ''}"`,
  );
});
