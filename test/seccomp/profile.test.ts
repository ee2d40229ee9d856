import { describe, expect, it } from 'vitest';
import type { Refusal } from '../../src/policy/reading.ts';
import { compileProfile } from '../../src/seccomp/compile.ts';
import { parseProfile } from '../../src/seccomp/profile.ts';
import { readSyscall } from '../../src/seccomp/syscalls.ts';

/** A profile as Docker writes them: tabs, empty and missing parts, calls of other machines. */
const DOCKER = `{
\t"defaultAction": "SCMP_ACT_ERRNO",
\t"defaultErrnoRet": 1,
\t"archMap": [
\t\t{ "architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"] },
\t\t{ "architecture": "SCMP_ARCH_RISCV64", "subArchitectures": null }
\t],
\t"syscalls": [
\t\t{
\t\t\t"names": ["accept", "chown32", "_llseek", "riscv_hwprobe"],
\t\t\t"action": "SCMP_ACT_ALLOW",
\t\t\t"args": [],
\t\t\t"comment": "",
\t\t\t"includes": {},
\t\t\t"excludes": {}
\t\t},
\t\t{ "names": ["ptrace"], "action": "SCMP_ACT_ALLOW", "args": null, "includes": { "minKernel": "4.8" } },
\t\t{
\t\t\t"names": ["personality"],
\t\t\t"action": "SCMP_ACT_ALLOW",
\t\t\t"args": [{ "index": 0, "value": 4294967295, "op": "SCMP_CMP_EQ" }]
\t\t},
\t\t{
\t\t\t"names": ["clone"],
\t\t\t"action": "SCMP_ACT_ALLOW",
\t\t\t"args": [{ "index": 0, "value": 2114060288, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ" }],
\t\t\t"excludes": { "caps": ["CAP_SYS_ADMIN"], "arches": ["s390", "s390x"] }
\t\t},
\t\t{ "name": "clone3", "action": "SCMP_ACT_ERRNO", "errnoRet": 38, "errno": "ENOSYS" }
\t]
}
`;

describe('parseProfile', () => {
  it('reads a profile as Docker and Podman write them', () => {
    const { profile, problems } = parseProfile(DOCKER, 'docker.json');
    expect(problems).toEqual([]);
    expect(profile?.syscalls?.[3]?.args?.[0]).toEqual({
      index: 0,
      value: 0x7e020000n,
      valueTwo: 0n,
      op: 'SCMP_CMP_MASKED_EQ',
    });
    if (profile === null) throw new Error('no profile');
    expect(compileProfile(profile, 'x64', '6.1').rules).toBe(5);
  });

  it('reads numbers of 64 bits to the last one', () => {
    const { profile } = parseProfile(
      `{"defaultAction": "SCMP_ACT_LOG", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_KILL",
        "comment": "18446744073709551615 \\" 9007199254740993",
        "args": [
          {"index": 0, "op": "SCMP_CMP_EQ", "value": 18446744073709551615},
          {"index": 1, "op": "SCMP_CMP_EQ", "value": 9007199254740993},
          {"index": 2, "op": "SCMP_CMP_EQ", "value": "0xffffffff00000001"}
        ]}]}`,
      'wide.json',
    );
    const [rule] = profile?.syscalls ?? [];
    expect(rule?.comment).toBe('18446744073709551615 " 9007199254740993');
    expect(rule?.args?.map(({ value }) => value)).toEqual([
      2n ** 64n - 1n,
      9007199254740993n,
      0xffffffff00000001n,
    ]);
  });

  const rule = (more: string): string =>
    `{"defaultAction": "SCMP_ACT_ALLOW",\n "syscalls": [\n  {"action": "SCMP_ACT_KILL", ${more}}]}`;
  const args = (more: string): string => rule(`"names": ["read"],\n   "args": [${more}]`);
  it.each<[what: string, text: string, line: number, problem: RegExp, expected: RegExp]>([
    ['nothing', '', 1, /the file is empty/, /JSON object/],
    ['a list', '[]', 1, /the profile is a list/, /JSON object/],
    ['no JSON', '{"defaultAction": ', 1, /^not JSON: /, /./],
    ['no default', '{}', 1, /`defaultAction` is missing/, /SCMP_ACT_ALLOW/],
    [
      'an unknown key',
      '{"defaultAction": "SCMP_ACT_ALLOW",\n "sycalls": []}',
      2,
      /unknown key `sycalls`/,
      /did you mean `syscalls`/,
    ],
    [
      'a key misspelled in a rule',
      rule('"names": ["read"],\n "arg": []'),
      4,
      /unknown key `arg`/,
      /did you mean `args`/,
    ],
    [
      'a key misspelled in a condition',
      args('{"index": 0, "op": "SCMP_CMP_EQ", "value": 1, "valueTow": 1}'),
      4,
      /unknown key `valueTow`/,
      /did you mean `valueTwo`/,
    ],
    [
      'an unknown call',
      rule('"names": ["read",\n "opanat"]'),
      4,
      /`opanat` is not a system call/,
      /did you mean `openat`/,
    ],
    ['a number for a call', rule('"names": [5]'), 3, /`5` is not a system call/, /name/],
    [
      'an action that needs a tracer',
      '{"defaultAction": "SCMP_ACT_TRACE"}',
      1,
      /`SCMP_ACT_TRACE` is not a value/,
      /SCMP_ACT_ERRNO/,
    ],
    ['no names', rule('"args": []'), 3, /without a system call/, /`names`/],
    ['an empty list of names', rule('"names": []'), 3, /without a system call/, /`names`/],
    [
      'both names',
      rule('"name": "read", "names": ["read"]'),
      3,
      /both `name` and `names`/,
      /`names`/,
    ],
    [
      'a seventh argument',
      args('{"index": 6, "op": "SCMP_CMP_EQ", "value": 1}'),
      4,
      /`6` is not the number of an argument/,
      /0 to 5/,
    ],
    [
      'an unknown comparison',
      args('{"index": 0, "op": "==", "value": 1}'),
      4,
      /`==` is not a value/,
      /SCMP_CMP_EQ/,
    ],
    [
      'a negative value',
      args('{"index": 0, "op": "SCMP_CMP_EQ", "value": -1}'),
      4,
      /`-1` is not a value/,
      /2\^64-1/,
    ],
    [
      'a fraction',
      args('{"index": 0, "op": "SCMP_CMP_EQ", "value": 1.5}'),
      4,
      /`1.5` is not a value/,
      /2\^64-1/,
    ],
    [
      'a value beyond 64 bits',
      args('{"index": 0, "op": "SCMP_CMP_EQ", "value": 18446744073709551616}'),
      4,
      /is not a value/,
      /2\^64-1/,
    ],
    [
      'no value',
      args('{"index": 0, "op": "SCMP_CMP_EQ"}'),
      4,
      /an empty value is not a value/,
      /2\^64-1/,
    ],
    [
      'bits outside of the mask',
      args('{"index": 0, "op": "SCMP_CMP_MASKED_EQ", "value": 1, "valueTwo": 2}'),
      4,
      /outside of the mask/,
      /mask in `value`/,
    ],
    [
      'two conditions on an argument',
      args(
        '{"index": 0, "op": "SCMP_CMP_GE", "value": 1},\n {"index": 0, "op": "SCMP_CMP_LE", "value": 2}',
      ),
      5,
      /two conditions on argument 0/,
      /rule of its own/,
    ],
    [
      'an errno that is none',
      rule('"names": ["read"], "errnoRet": 4096'),
      3,
      /`4096` is not an error number/,
      /0 to 4095/,
    ],
    [
      'a kernel that is none',
      rule('"names": ["read"], "includes": {"minKernel": "four"}'),
      3,
      /`four` is not a kernel release/,
      /"4.8"/,
    ],
    [
      'a key twice',
      '{"defaultAction": "SCMP_ACT_KILL",\n "defaultAction": "SCMP_ACT_ALLOW"}',
      2,
      /defaultAction/,
      /./,
    ],
  ])('%s is a problem', (_what, text, line, message, expected) => {
    const { profile, problems } = parseProfile(text, 'p.json');
    expect(profile).toBeNull();
    const [problem] = problems;
    expect(problem?.message).toMatch(message);
    expect(problem?.expected).toMatch(expected);
    expect(problem?.place).toMatchObject({ origin: 'p.json', line });
  });

  it.each([
    ['one byte too many', `${' '.repeat(256 * 1024)}{`, /too large for a seccomp profile/],
    ['thousands of braces inside each other', '{'.repeat(50_000), /nested too deeply|not JSON/],
  ])('%s are a problem', (_what, text, message) => {
    const { profile, problems } = parseProfile(text, 'p.json');
    expect(profile).toBeNull();
    expect(problems[0]?.message).toMatch(message);
  });

  it('takes a file full of wrong names for what it is', () => {
    const names = Array.from({ length: 2000 }, (_, index) => `"opn${index}"`).join();
    expect(parseProfile(rule(`"names": [${names}]`), 'p').problems.length).toBe(2000);
  });

  it('tells all problems at once, in the order of the text', () => {
    const { problems } = parseProfile(rule('"names": ["reed"],\n "errnoRet": -1,\n "x": 1'), 'p');
    expect(problems.map(({ path }) => path)).toEqual([
      'syscalls[0].names[0]',
      'syscalls[0].errnoRet',
      'syscalls[0].x',
    ]);
  });
});

describe('readSyscall', () => {
  it.each(['read', 'arch_prctl', 'chown32', 'cacheflush', 'umount'])('takes %s', (name) => {
    expect(readSyscall(name)).toEqual({ ok: true, value: name });
  });

  it.each([
    ['Read', 'read'],
    ['ptarce', 'ptrace'],
    ['io-uring-setup', 'io_uring_setup'],
    ['constructor', null],
    ['', null],
    ['read\u001b[31m', 'read'],
  ])('does not take %j', (name, guess) => {
    const { message, expected } = refusalOf(name);
    expect(message).not.toContain('\u001b');
    expect(/did you mean `(.*)`/.exec(expected)?.[1] ?? null).toBe(guess);
  });
});

function refusalOf(name: string): Refusal {
  const read = readSyscall(name);
  if (read.ok) throw new Error(`${name} is a system call`);
  return read;
}
