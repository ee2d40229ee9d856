import type { OxlintConfig, OxlintOverride } from 'oxlint';

/** The folders of src/ in import order: each imports only from itself and the ones before it. */
const FOLDERS = [
  'base',
  'policy',
  'seccomp',
  'capabilities',
  'plan',
  'workflow',
  'tools',
  'probe',
  'gateway',
  'run',
  'report',
  'console',
  'cli',
  'action',
] as const;
type Folder = (typeof FOLDERS)[number];

/** These decide and never act, so that every decision can be tested without a machine. */
const PURE: ReadonlySet<Folder> = new Set([
  'base',
  'policy',
  'seccomp',
  'capabilities',
  'plan',
  'workflow',
  'report',
]);

const IMPURE_GLOBALS = [
  'process',
  'console',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'performance',
  'crypto',
  'Date',
  'global',
  'globalThis',
];

/** A command line is a list of words; `exec` would hand it to a shell. */
const NO_SHELL = {
  name: 'node:child_process',
  importNames: ['exec', 'execSync'],
  message: 'Use spawn or execFile with a list of arguments.',
};

// oxlint drops a pattern it cannot compile (look-around, say) without a word, so every wall here
// has a test in test/architecture.test.ts.

/** Only these start a session. */
const FRONT_ENDS: ReadonlySet<Folder> = new Set(['cli', 'action']);

/** session.ts and the entries stand beside the folders, above all of them but `cli`. */
function laterThan(folder: Folder): string[] {
  const later = FOLDERS.slice(FOLDERS.indexOf(folder) + 1).map((name) => `${name}/`);
  // report comes after the acting folders but is pure.
  if (folder === 'report') later.push('tools/', 'probe/', 'gateway/');
  later.push('(?:bring-out|cli|fetch|main|post)\\.ts$');
  if (!FRONT_ENDS.has(folder)) later.push('session\\.ts$');
  return later;
}

function wallsOf(folder: Folder): OxlintOverride {
  const patterns: object[] = [
    {
      regex: `^(?:\\./|\\.\\./)*(?:${laterThan(folder).join('|')})`,
      message: `src/${folder} may import only from the folders before it.`,
    },
  ];
  if (PURE.has(folder)) {
    patterns.push({
      regex: '^(?:node:|@actions/)',
      message: `src/${folder} is pure: it may not touch the machine.`,
    });
  }
  if (folder === 'report') {
    const message = 'From src/run, src/report may take only the types in observations.ts.';
    patterns.push(
      { regex: '(?:^|/)run/observations\\.ts$', allowTypeImports: true, message },
      // A negated group ends oxlint's search, so it stands last.
      { group: ['**/run/**', '!**/run/observations.ts'], message },
    );
  }
  return {
    files: [`src/${folder}/**`],
    rules: {
      'no-restricted-imports': ['error', { paths: [NO_SHELL], patterns }],
      ...(PURE.has(folder) && {
        'no-restricted-globals': [
          'error',
          ...IMPURE_GLOBALS.map((name) => ({ name, message: `src/${folder} is pure.` })),
        ],
      }),
    },
  };
}

const config: OxlintConfig = {
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'promise', 'node', 'vitest'],
  options: { typeAware: true },
  categories: { correctness: 'error', suspicious: 'error' },
  env: { builtin: true, node: true },
  ignorePatterns: ['dist/**', 'examples/**', 'node_modules/**'],
  rules: {
    eqeqeq: 'error',
    'no-restricted-imports': ['error', { paths: [NO_SHELL] }],
    'typescript/consistent-type-imports': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/only-throw-error': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    // Sorting a fresh copy in place is fine, and so is naming the shape of parsed JSON.
    'unicorn/no-array-sort': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    // Spreading rows is how long option lists keep one option and its value on a line.
    'unicorn/no-useless-spread': 'off',
    'unicorn/consistent-function-scoping': 'off',
    // The compiler knows when a switch is exhaustive; this rule does not.
    'typescript/consistent-return': 'off',
    // vitest's expect takes a message as its second argument.
    'vitest/valid-expect': ['error', { maxArgs: 2 }],
    // Bare names such as `fs` would slip past the wall against `node:*`.
    'unicorn/prefer-node-protocol': 'error',
  },
  overrides: [
    ...FOLDERS.map(wallsOf),
    // Within a room, too, imports go one way; types as well.
    { files: ['src/**'], rules: { 'import/no-cycle': ['error', { ignoreTypes: false }] } },
    // What root and an ordinary user are to see differs, and each is expected in its own run.
    { files: ['test/sandbox/**'], rules: { 'vitest/no-conditional-expect': 'off' } },
  ],
};

export default config;
