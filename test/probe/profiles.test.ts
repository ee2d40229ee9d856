import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { GloveboxError, type Problem } from '../../src/base/errors.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import type { PolicyLayer } from '../../src/policy/types.ts';
import type { Documents } from '../../src/probe/groups.ts';
import { type ReadProfile, type ReadProfiles, withProfiles } from '../../src/probe/profiles.ts';

const PROFILE = '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": []}';
const BROKEN = '{\n  "defaultAction": "SCMP_ACT_MAYBE"\n}';

function layer(syscalls: string, name = 'ci/policy.yml'): PolicyLayer {
  const text = `version: 1\nsyscalls: ${syscalls}\n`;
  const { layer: read, problems } = parsePolicy(text, { name, sha256: null });
  if (read === null) throw new Error(JSON.stringify(problems));
  return read;
}

/** What was asked for, by whom, with one text for every file. */
async function reading(
  documents: Partial<Documents>,
  text: string | Error = PROFILE,
): Promise<{ readonly asked: string[]; readonly result: ReadProfiles }> {
  const asked: string[] = [];
  const read: ReadProfile = async (file, by) => {
    asked.push(`${by} ${file}`);
    if (text instanceof Error) throw text;
    return await Promise.resolve({ name: file, bytes: Buffer.from(text), commit: null });
  };
  const all = { layers: [], floors: [], override: {}, ...documents };
  return { asked, result: await withProfiles(all, '/home/me', read) };
}

async function problemsOf(documents: Partial<Documents>, text?: string | Error): Promise<string[]> {
  const error: unknown = await reading(documents, text).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof GloveboxError)) throw new Error(`no problems: ${String(error)}`);
  return (error.details.problems ?? []).map(told);
}

function told({ place, path, message, expected = '' }: Problem): string {
  const { origin, line, column } = place;
  return `${[origin, line, column].join(':')} ${path} | ${message} | ${expected}`;
}

describe('withProfiles', () => {
  it.each([
    ['./calls.json', 'ci/calls.json'],
    ['../calls.json', 'calls.json'],
    ['/etc/calls.json', '/etc/calls.json'],
    ['~/calls.json', '/home/me/calls.json'],
  ])('looks for %s of ci/policy.yml at %s', async (path, file) => {
    const { asked } = await reading({ layers: [layer(`{profile: ${path}}`)] });
    expect(asked).toEqual([`policy ${file}`]);
  });

  it('looks for what a command line, an input or a step names in the own directory', async () => {
    const { asked } = await reading({
      layers: [
        layer('{profile: a/b.json}', 'command line'),
        layer('{profile: c.json}', 'input policy'),
      ],
      override: layer('{profile: d.json}', 'input steps').values,
    });
    expect(asked).toEqual(['policy a/b.json', 'policy c.json', 'policy d.json']);
  });

  it('says of a floor that it is one', async () => {
    const { asked } = await reading({ floors: [layer('{profile: f.json}', '/etc/floor.yml')] });
    expect(asked).toEqual(['floor /etc/f.json']);
  });

  it('asks for nothing where nobody names a file', async () => {
    const { asked, result } = await reading({ layers: [layer('{profile: strict}')] });
    expect([asked, result.paths, result.files.size]).toEqual([[], [], 0]);
  });

  it('hands on the content, the profile by its hash, and the path', async () => {
    const { result } = await reading({ layers: [layer('{profile: /p.json, allow: [ptrace]}')] });
    const sha256 = createHash('sha256').update(PROFILE).digest('hex');
    const [read] = result.documents.layers;
    expect(read?.values.syscalls?.profile?.value).toEqual({
      path: '/p.json',
      content: { name: '/p.json', text: PROFILE, sha256, commit: null },
    });
    expect(read?.values.syscalls?.allow?.map(({ value }) => value)).toEqual(['ptrace']);
    expect([...result.files.keys()]).toEqual([sha256]);
    expect(result.paths).toEqual(['/p.json']);
  });

  it('tells all problems of all documents together, each with its place', async () => {
    const layers = [layer('{profile: p.json, allow: [ptrac], block: [mkdir, nosuch]}')];
    expect(await problemsOf({ layers, override: layer('{allow: [opn]}').values }, BROKEN)).toEqual([
      expect.stringMatching(/^ci\/policy\.yml:2:37 syscalls\.allow\[0\] .*`ptrace`/),
      expect.stringMatching(/^ci\/policy\.yml:2:60 syscalls\.block\[1\] /),
      expect.stringMatching(/^ci\/p\.json:2:20 defaultAction /),
      expect.stringMatching(/^ci\/policy\.yml:2:20 syscalls\.allow\[0\] .*`open`/),
    ]);
  });

  it('tells of a file that cannot be read where it is named', async () => {
    const layers = [layer('{profile: p.json}')];
    expect(await problemsOf({ layers }, new Error('no such file'))).toEqual([
      expect.stringMatching(
        /^ci\/policy\.yml:2:21 syscalls\.profile \| the profile p\.json cannot be used: no such file/,
      ),
    ]);
  });

  it.each<[string, string, string | Error]>([
    ['cannot be read', '{profile: f.json}', new Error('no such file')],
    ['is none', '{profile: f.json}', BROKEN],
    ['allows what there is not', '{allow: [nosuch]}', PROFILE],
  ])('puts the strictest floor in the place of one whose profile %s', async (_name, said, text) => {
    const { result } = await reading({ floors: [layer(said, '/etc/floor.yml')] }, text);
    expect(result.documents.floors[0]?.values.syscalls?.profile?.value).toBe('strict');
    expect(result.documents.floors[0]?.values.network?.mode?.value).toBe('deny');
    expect(result.problems).toEqual([
      expect.stringMatching(/the floor \/etc\/floor\.yml cannot be used, so the strictest one/),
    ]);
  });
});
