import { describe, expect, it } from 'vitest';
import { profileText, readProfile, readSyscallName } from '../../src/policy/syscall-readers.ts';

describe('readProfile', () => {
  it.each(['default', 'strict', 'off'])('takes %s for one of its own', (name) => {
    expect(readProfile(name)).toEqual({ ok: true, value: name });
  });

  it.each(['./profile', 'profile.json', '/etc/profile', '~/a.json', 'a/default', './off'])(
    'takes %s for a file',
    (path) => {
      expect(readProfile(path)).toEqual({ ok: true, value: { path, content: null } });
    },
  );

  it.each<[string, unknown, string]>([
    ['a misspelled name', 'defualt', 'did you mean `default`?'],
    ['another case', 'Strict', 'did you mean `strict`?'],
    ['a directory', 'profiles/', 'a file such as ./profile.json'],
    ['a NUL', 'a/\0', 'a file'],
    ['what YAML 1.1 reads as off', false, 'one of strict, default, off'],
    ['a list', ['default'], 'one of strict, default, off'],
    ['nothing', null, 'one of strict, default, off'],
    ['an empty text', '', 'one of strict, default, off'],
  ])('refuses %s', (_name, raw, expected) => {
    expect(readProfile(raw)).toMatchObject({
      ok: false,
      expected: expect.stringContaining(expected) as string,
    });
  });
});

describe('readSyscallName', () => {
  it.each(['ptrace', '_sysctl', 'clone3', 'rt_sigaction'])('takes %s', (name) => {
    expect(readSyscallName(name)).toEqual({ ok: true, value: name });
  });

  it.each<unknown>(['', 'PTRACE', 'a b', '57', 57, null, ['ptrace'], 'x'.repeat(65)])(
    'refuses %j',
    (raw) => {
      expect(readSyscallName(raw).ok).toBe(false);
    },
  );
});

describe('profileText', () => {
  it('names a profile in one line, whatever its path has in it', () => {
    expect(profileText('strict')).toBe('strict');
    expect(profileText({ path: './a\n\u202eb.json', content: null })).toBe(
      './a\\u{a}\\u{202e}b.json',
    );
  });
});
