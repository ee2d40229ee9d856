// What the tests need besides what Glovebox does, from the distribution's packages: a second way out to
// compare with the first, libseccomp, which the compiler of filters is compared with, and what the builder
// of archives reads programs with.
import { spawnSync } from 'node:child_process';
import { installPackages } from '../src/tools/install.ts';

const NEEDED = [
  { package: 'binutils', works: () => runs('readelf', '--version') },
  { package: 'passt', works: () => runs('pasta', '--version') },
  // The system's own: another Python does not have what the package brings.
  { package: 'python3-seccomp', works: () => runs('/usr/bin/python3', '-c', 'import seccomp') },
];

const missing = NEEDED.filter(({ works }) => !works()).map((one) => one.package);
if (missing.length > 0) await installPackages(missing, (line) => console.log(line));

function runs(program: string, ...args: string[]): boolean {
  return spawnSync(program, args).status === 0;
}
