/** How a policy names a variable: handing on the job's own, or giving a value itself. */
export type VariableUse = 'pass' | 'set';

export interface Row {
  /** A `*` at the end stands for any rest. */
  readonly names: readonly string[];
  readonly reason: string;
}

/**
 * Variables that make a loader, shell, runtime or git run code that the step's command does not name.
 * A search path is here when it is looked at before the program's own modules; NODE_PATH and CLASSPATH are not.
 */
const CODE: readonly Row[] = [
  {
    names: ['LD_*', 'DYLD_*', 'GLIBC_TUNABLES', 'GCONV_PATH', 'LOCPATH', 'NLSPATH'],
    reason: 'it steers the loader and the C library, which run before the program does',
  },
  {
    names: ['OPENSSL_CONF', 'OPENSSL_ENGINES', 'OPENSSL_MODULES'],
    reason: 'it makes OpenSSL load a library',
  },
  {
    names: [
      ...[
        'BASH_ENV',
        'ENV',
        'BASH_FUNC_*',
        'BASH_LOADABLES_PATH',
        'SHELLOPTS',
        'BASHOPTS',
        'PS4',
        'PROMPT_COMMAND',
      ],
      ...['ZDOTDIR', 'FPATH'],
    ],
    reason: 'it makes a shell run code before its script',
  },
  {
    names: ['NODE_OPTIONS', 'NODE_REPL_EXTERNAL_MODULE', 'BUN_OPTIONS', 'BUN_INSPECT*'],
    reason: 'it makes a JavaScript runtime load code before the program',
  },
  {
    names: [
      ...['PYTHONSTARTUP', 'PYTHONHOME', 'PYTHONPATH', 'PYTHONPLATLIBDIR', 'PYTHONUSERBASE'],
      ...['PYTHONINSPECT', 'PYTHONBREAKPOINT', 'PYTHONWARNINGS'],
    ],
    reason: 'it makes Python load code before or inside the program',
  },
  {
    names: ['PERL5OPT', 'PERL5DB', 'PERL5LIB', 'PERLLIB', 'RUBYOPT', 'RUBYLIB'],
    reason: 'it makes Perl or Ruby load code before the program',
  },
  {
    names: ['JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS', 'JDK_JAVA_OPTIONS'],
    reason: 'it makes Java load an agent before the program',
  },
  {
    names: [
      'DOTNET_STARTUP_HOOKS',
      'DOTNET_ADDITIONAL_DEPS',
      'DOTNET_SHARED_STORE',
      'CORECLR_*',
      'COR_PROFILER*',
    ],
    reason: 'it makes .NET load code before the program',
  },
  {
    names: [
      ...[
        'PHPRC',
        'PHP_INI_SCAN_DIR',
        'LUA_INIT*',
        'ERL_FLAGS',
        'ERL_AFLAGS',
        'ERL_ZFLAGS',
        'ELIXIR_ERL_OPTIONS',
      ],
      ...[
        'R_PROFILE',
        'R_PROFILE_USER',
        'R_ENVIRON',
        'R_ENVIRON_USER',
        'MAKEFILES',
        'VIMINIT',
        'EXINIT',
      ],
    ],
    reason: 'it makes its program run code before the input it was given',
  },
  {
    names: [
      ...[
        'GIT_SSH',
        'GIT_SSH_COMMAND',
        'GIT_SSH_VARIANT',
        'GIT_ASKPASS',
        'SSH_ASKPASS',
        'GIT_PROXY_COMMAND',
      ],
      ...[
        'GIT_EXEC_PATH',
        'GIT_EDITOR',
        'GIT_SEQUENCE_EDITOR',
        'GIT_PAGER',
        'GIT_EXTERNAL_DIFF',
        'GIT_TEMPLATE_DIR',
      ],
    ],
    reason: 'it makes git run a program',
  },
  {
    names: [
      ...[
        'GIT_CONFIG*',
        'GIT_DIR',
        'GIT_WORK_TREE',
        'GIT_COMMON_DIR',
        'GIT_INDEX_FILE',
        'GIT_OBJECT_DIRECTORY',
      ],
      ...[
        'GIT_ALTERNATE_OBJECT_DIRECTORIES',
        'GIT_ALLOW_PROTOCOL',
        'GIT_PROTOCOL_FROM_USER',
        'GIT_ATTR_SOURCE',
      ],
    ],
    reason: 'it makes git use other settings or another repository',
  },
  {
    names: [
      'EDITOR',
      'VISUAL',
      'PAGER',
      'MANPAGER',
      'SYSTEMD_PAGER',
      'BROWSER',
      'LESSOPEN',
      'LESSCLOSE',
    ],
    reason: 'other programs run the program that it names',
  },
];

/** The runner's own credentials: a policy that writes one down hands the workflow itself over. */
const CREDENTIALS: readonly Row[] = [
  {
    names: ['ACTIONS_RUNTIME_*', 'ACTIONS_ID_TOKEN_REQUEST_*'],
    reason: 'with it the step could act as the workflow',
  },
];

const WORKFLOW: readonly Row[] = [
  {
    names: ['ACTIONS_*', 'GITHUB_TOKEN'],
    reason: 'with it the step could act as the workflow',
  },
  {
    names: [
      ...['GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'],
      ...['GITHUB_ARTIFACTS', 'GITHUB_ARTIFACTS_LIST'],
    ],
    reason: "through the runner's command files the step could act as the workflow",
  },
  {
    names: ['INPUT_*', 'STATE_*'],
    reason: 'it carries what was given to an action, tokens among it',
  },
];

/** npm and pnpm read their settings from the environment in any case, `-` and `_` being the same. */
const PACKAGE_MANAGER =
  /^p?npm_config_(?:node_options|script_shell|shell|git|editor|viewer|browser|init_module|userconfig|globalconfig)$/;
const PACKAGE_MANAGER_REASON = 'it makes npm run a program or read other settings';

/**
 * Why a variable must not reach the step; null where nothing speaks against it.
 * The workflow's token and files count for `pass` alone: a policy may set a harmless stand-in, or a token on purpose.
 */
export function forbiddenReason(name: string, use: VariableUse = 'pass'): string | null {
  if (PACKAGE_MANAGER.test(name.toLowerCase().replaceAll('-', '_'))) return PACKAGE_MANAGER_REASON;
  const rows = [...CODE, ...(use === 'pass' ? WORKFLOW : CREDENTIALS)];
  return rows.find((row) => row.names.some((pattern) => matches(pattern, name)))?.reason ?? null;
}

/** Whether a row's pattern means the name. */
export function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
