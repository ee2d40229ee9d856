import { forbiddenReason, matches, type Row } from './forbidden.ts';

/**
 * Variables with which a step would steer the steps after it, without a word of theirs.
 * Nobody can list all: here are those that widely used programs obey, and that no build needs to hand on.
 */
const STEERING: readonly Row[] = [
  {
    names: ['GITHUB_*', 'RUNNER_*', 'ACTIONS_*', 'INPUT_*', 'STATE_*', 'CI'],
    reason: "it is the runner's own, and later steps trust it",
  },
  {
    names: ['PATH', 'CDPATH', 'SHELL', 'HOME', 'XDG_*'],
    reason:
      'it decides which programs and settings later steps find; for PATH there is runner.path',
  },
  {
    names: [
      ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'FTP_PROXY', 'NO_PROXY', 'GOPROXY'],
      ...['DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CONFIG', 'KUBECONFIG', 'AWS_CONFIG_FILE'],
      ...['AWS_ENDPOINT_URL*', 'SSH_AUTH_SOCK'],
    ],
    reason: 'it decides whom later steps talk to',
  },
  {
    names: [
      ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'SSLKEYLOGFILE', 'NODE_EXTRA_CA_CERTS'],
      ...['NODE_TLS_REJECT_UNAUTHORIZED', 'CURL_CA_BUNDLE', 'CURL_HOME', 'REQUESTS_CA_BUNDLE'],
      ...['PYTHONHTTPSVERIFY', 'GIT_SSL_*', 'GIT_TRACE*', 'GONOSUMDB', 'GONOSUMCHECK', 'GOSUMDB'],
      ...['GOINSECURE', 'GOPRIVATE'],
    ],
    reason: 'it decides whom later steps trust, or lets others read along',
  },
  {
    names: [
      ...['NPM_CONFIG_*', 'PNPM_CONFIG_*', 'YARN_*', 'BUN_CONFIG_*', 'COREPACK_*', 'PIP_*', 'UV_*'],
      ...['POETRY_*', 'CONDA_*', 'BUNDLE_*', 'GEM_*', 'COMPOSER*', 'CARGO_HOME', 'CARGO_SOURCE_*'],
      ...['CARGO_REGISTR*', 'NUGET_*', 'RUSTUP_*', 'HOMEBREW_*'],
    ],
    reason: 'it decides where later steps fetch packages and tools from',
  },
  {
    names: [
      ...['CC', 'CXX', 'LD', 'AR', 'AS', 'CFLAGS', 'CXXFLAGS', 'LDFLAGS', 'RUSTC*', 'RUSTDOC*'],
      ...['RUSTFLAGS', 'CARGO_BUILD_*', 'CARGO_TARGET_*', 'CARGO_ENCODED_*', 'GOFLAGS', 'GOENV'],
      ...['GOROOT', 'GOPATH', 'GOTOOLCHAIN', 'CGO_*', 'MAVEN_OPTS', 'MAVEN_ARGS', 'GRADLE_OPTS'],
      ...['GRADLE_USER_HOME', 'ANT_OPTS', 'ANT_ARGS', 'SBT_OPTS', 'JAVA_OPTS', 'MAKEFLAGS'],
      ...['GNUMAKEFLAGS', 'CMAKE_*', 'NODE_PATH', 'CLASSPATH', 'MSBUILD*', 'PYTEST_*', 'TOX_*'],
    ],
    reason: 'it makes a build tool of a later step run other code',
  },
];

/**
 * Why a sealed step must not hand a variable on to later steps; null where nothing speaks against it.
 * In any case of letters: proxies are read in both, and no honest name differs from these by that alone.
 */
export function steeringReason(name: string): string | null {
  const upper = name.toUpperCase();
  const row = STEERING.find(({ names }) => names.some((pattern) => matches(pattern, upper)));
  return row?.reason ?? forbiddenReason(name) ?? forbiddenReason(upper);
}
