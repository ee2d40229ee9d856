import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Attack, type Done, MARK, OTHER_ACTION, printed } from './job.ts';

const has = (path: string): boolean =>
  existsSync(path) && readFileSync(path, 'utf8').includes(MARK);
const runsIt = ({ later }: Done): boolean => later.log.includes(MARK);
const tokenOf = ({ job }: Done): string =>
  job.services.forAll['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? '';
const showsAny = (done: Done, ...secrets: string[]): boolean =>
  secrets.some((secret) => secret !== '' && printed(done).includes(secret));

/** Reads what is private to all processes, as far as the kernel lets it. */
const READ_MEMORY = String.raw`
  for my $maps (glob '/proc/[0-9]*/maps') {
    my ($pid) = $maps =~ /(\d+)/;
    next if $pid == $$ or not open my $in, '<', $maps;
    for (grep { /rw-p/ and /heap/ } <$in>) {
      my ($from, $to) = map { hex } /^([0-9a-f]+)-([0-9a-f]+)/;
      next if $to - $from > 1 << 26 or not open my $mem, '<:raw', "/proc/$pid/mem";
      sysseek $mem, $from, 0;
      sysread $mem, my $bytes, $to - $from;
      print "found $1\n" while $bytes =~ /(in-memory-[0-9a-f-]{36})/g;
    }
  }`;

/** What the job can prove who it is with, and what the runner's user keeps at home. */
const SECRETS: readonly Attack[] = [
  {
    name: 'prints the tokens of its environment',
    script: () => 'env',
    succeeded: (done) =>
      showsAny(done, tokenOf(done), done.job.token, done.job.environment['NPM_TOKEN'] ?? ''),
  },
  {
    name: 'learns where to ask for an identity token',
    script: () => 'env',
    succeeded: (done) => printed(done).includes('ACTIONS_ID_TOKEN_REQUEST_URL'),
  },
  {
    name: 'reads the environment of all processes',
    script: () => "cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'",
    succeeded: (done) =>
      showsAny(done, tokenOf(done), done.neighbour.secret.replace('memory', 'environ')),
  },
  {
    name: 'reads the memory of the runner’s processes',
    script: () => `perl -e '${READ_MEMORY.replaceAll("'", '"')}'`,
    succeeded: (done) => showsAny(done, done.neighbour.secret),
  },
  {
    name: 'reads the event with what it says of the job',
    script: ({ event }) => `cat ${event}`,
    succeeded: (done) => printed(done).includes('pull_request'),
  },
  {
    name: 'reads the credentials that actions/checkout keeps in the temporary directory',
    checkout: { persistCredentials: true, credentials: 'include-if' },
    script: ({ temp }) => `cat ${temp}/git-credentials-*; git config --list --show-origin`,
    succeeded: (done) => printed(done).includes('AUTHORIZATION'),
  },
  {
    name: 'reads the credentials that actions/checkout keeps in .git/config',
    checkout: { persistCredentials: true, credentials: 'extraheader' },
    script: () => 'cat .git/config; git config --list',
    succeeded: (done) => printed(done).includes('AUTHORIZATION'),
  },
  {
    name: 'reads the credentials that a login to Google Cloud leaves in the workspace',
    prepare: (job) =>
      job.disk.write(join(job.layout.workspace, 'gha-creds-0123456789abcdef.json'), `${MARK}\n`),
    script: () => 'cat gha-creds-*.json',
    succeeded: (done) => printed(done).includes(MARK),
  },
  ...['.npmrc', '.netrc', '.docker/config.json', '.cargo/credentials.toml'].map((file): Attack => ({
    name: `reads ~/${file}`,
    prepare: async (job) => {
      const { home } = job.layout;
      mkdirSync(join(home, file, '..'), { recursive: true });
      job.disk.write(join(home, file), `token=${MARK}\n`);
      // Programs that lie there are shown to the step; what lies next to them must not be.
      mkdirSync(join(home, '.cargo/bin'), { recursive: true });
      program(join(home, '.cargo/bin/cargo'), job);
      await job.run(`echo ${home}/.cargo/bin >> $GITHUB_PATH`);
    },
    script: ({ home }) => `cat ${home}/${file}`,
    succeeded: (done) => printed(done).includes(MARK),
  })),
];

function program(path: string, job: Parameters<NonNullable<Attack['prepare']>>[0]): void {
  job.disk.write(path, '#!/bin/sh\necho the real one\n');
  chmodSync(path, 0o755);
}

/** What later steps run without being told to. */
const PLANTED: readonly Attack[] = [
  {
    name: 'rewrites what other actions run at the end of the job',
    prepare: async (job) => await job.uses(OTHER_ACTION),
    script: ({ actions }) => `
      find ${actions} -name post.mjs | while read -r f; do echo "console.log('${MARK}')" >> "$f"; done`,
    succeeded: ({ posts }) => posts.some(({ log }) => log.includes(MARK)),
  },
  {
    name: 'rewrites the action itself before its next use',
    script: ({ actions }) => `
      find ${actions} -name main.mjs | while read -r f; do echo "console.log('${MARK}')" >> "$f"; done`,
    later: ({ actions }) => `find ${actions} -name main.mjs -exec cat {} +`,
    succeeded: runsIt,
  },
  {
    name: 'rewrites a program of the tool cache',
    prepare: async (job, { tools }) => {
      mkdirSync(join(tools, 'tool/1.0.0/x64/bin'), { recursive: true });
      program(join(tools, 'tool/1.0.0/x64/bin/tool'), job);
      await job.run(`echo ${tools}/tool/1.0.0/x64/bin >> $GITHUB_PATH`);
    },
    script: ({ tools }) => `
      chmod -R u+w ${tools}; echo 'echo ${MARK}' >> ${tools}/tool/1.0.0/x64/bin/tool`,
    later: () => 'tool',
    succeeded: runsIt,
  },
  {
    name: 'adds to ~/.bashrc',
    script: ({ home }) => `mkdir -p ${home}; echo 'echo ${MARK}' >> ${home}/.bashrc`,
    later: ({ home }) => `[ ! -e ${home}/.bashrc ] || . ${home}/.bashrc`,
    succeeded: runsIt,
  },
  {
    name: 'leaves a git hook',
    script: () => `
      printf '#!/bin/sh\\necho ${MARK}' > .git/hooks/post-checkout; chmod +x .git/hooks/post-checkout`,
    later: () => 'git checkout --quiet --detach HEAD',
    succeeded: runsIt,
  },
  {
    name: 'has git run a program of its own',
    script: () => `
      printf '#!/bin/sh\\necho ${MARK} >&2' > monitor; chmod +x monitor
      git config core.fsmonitor "$PWD/monitor"`,
    later: () => 'git status --short',
    succeeded: runsIt,
  },
  {
    name: 'changes a script that a later step runs',
    script: () => `echo 'echo ${MARK}' >> publish.sh`,
    later: () => '[ ! -e publish.sh ] || bash publish.sh',
    succeeded: runsIt,
  },
  {
    name: 'writes a workflow',
    script: () => `mkdir -p .github/workflows; echo ${MARK} > .github/workflows/release.yml`,
    succeeded: ({ place }) => has(join(place.workspace, '.github/workflows/release.yml')),
  },
  {
    name: 'rewrites the event',
    script: ({ event }) => `mkdir -p $(dirname ${event}); echo '"${MARK}"' > ${event}`,
    succeeded: ({ place }) => has(place.event),
  },
];

/** Services and processes beside the job. */
const NEIGHBOURS: readonly Attack[] = [
  {
    name: 'talks to Docker',
    script: ({ docker }) => connectTo(`path: '${docker}'`),
    succeeded: ({ visits }) => visits.includes('docker'),
  },
  {
    name: 'talks to a socket in the workspace',
    script: ({ workspaceSocket }) => connectTo(`path: '${workspaceSocket}'`),
    succeeded: ({ visits }) => visits.includes('workspace'),
  },
  {
    name: 'talks to a service on loopback',
    script: ({ port }) => connectTo(`port: ${port}, host: '127.0.0.1'`),
    succeeded: ({ visits }) => visits.includes('loopback'),
  },
  {
    name: 'kills the runner',
    script: ({ runner }) => `
      for f in /proc/[0-9]*/comm; do
        if grep -qsx ${runner} "$f"; then p=\${f%/comm}; kill -9 "\${p#/proc/}"; fi
      done; sleep 0.2`,
    succeeded: ({ neighbour }) => neighbour.process.signalCode !== null,
  },
  {
    name: 'borrows root from a setuid program',
    script: () => 'passwd --status',
    succeeded: (done) => /^\S+ (?:P|L|NP) /m.test(printed(done)),
  },
];

function connectTo(options: string): string {
  return `node -e "
    const socket = require('net').connect({ ${options} });
    socket.on('data', (data) => console.log(String(data))).on('error', console.log);
    socket.setTimeout(2000, () => socket.destroy());"`;
}

/** Symlinks that lead Glovebox itself out of the workspace. */
const SYMLINKS: readonly Attack[] = [
  {
    name: 'has the report written through a symlink',
    prepare: (job, { workspace, home }) => {
      job.disk.write(join(home, 'profile'), '');
      symlinkSync(join(home, 'profile'), join(workspace, 'report.json'));
    },
    script: () => `echo version ${MARK} >> report.json`,
    given: { 'report-file': 'report.json' },
    succeeded: ({ place }) => readFileSync(join(place.home, 'profile'), 'utf8') !== '',
  },
  {
    name: 'has the report written into a directory that a symlink leads to',
    prepare: (_, { workspace, home }) => symlinkSync(home, join(workspace, 'reports')),
    script: () => `echo ${MARK} > reports/report.json`,
    given: { 'report-file': 'reports/report.json' },
    refused: 'a symlink',
    succeeded: ({ place }) => existsSync(join(place.home, 'report.json')),
  },
  {
    name: 'has its step run in a directory around the workspace',
    prepare: (job, { workspace, temp }) => {
      job.disk.write(join(temp, 'credentials'), `${MARK}\n`);
      symlinkSync('../..', join(workspace, 'packages'));
    },
    workingDirectory: 'packages',
    script: ({ temp }) => `cat ${temp}/credentials`,
    refused: 'is outside the workspace',
    succeeded: (done) => printed(done).includes(MARK),
  },
  {
    // Where bubblewrap mounts, it makes what is missing; while it does, /oldroot is the machine.
    name: 'has Glovebox make a directory at home while it builds the next step',
    prepare: (_, { workspace, home }) => {
      mkdirSync(join(workspace, 'out/dist'), { recursive: true });
      chmodSync(home, 0o777);
    },
    script: ({ home }) => `mv out kept; ln -s /oldroot${home} out; mkdir -p ${home}/dist`,
    given: {
      steps: JSON.stringify([
        { run: 'bash attack.sh', 'continue-on-error': true },
        { run: 'true', filesystem: { write: ['out/dist'] } },
      ]),
    },
    refused: 'a symlink',
    succeeded: ({ place }) => existsSync(join(place.home, 'dist')),
  },
  {
    name: 'has its layer lead the next step home',
    prepare: (job, { home }) => {
      job.disk.write(join(home, 'key'), `${MARK}\n`);
      chmodSync(home, 0o755);
    },
    script: ({ home }) => `
      upper=$(sed -n 's/.*upperdir=\\([^,]*glovebox-action[^,]*\\).*/\\1/p' /proc/self/mountinfo | tail -n 1)
      if test -d "$upper"; then mv "$upper" "$upper.was"; ln -s ${home} "$upper"; else cat ${home}/key; fi`,
    given: {
      steps: JSON.stringify([
        { run: 'bash attack.sh', filesystem: { write: ['/var/tmp'] } },
        { run: 'cat key' },
      ]),
    },
    refused: 'own files',
    succeeded: (done) => printed(done).includes(MARK),
  },
];

export const ON_THE_MACHINE = [...SECRETS, ...PLANTED, ...NEIGHBOURS, ...SYMLINKS];
