// Puts the pinned Node 24 into node_modules/.bin, where npm scripts find it before the one on PATH.
// The platform packages are optional and both claim the name `node`; npm 10 then links neither.
import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const modules = join(import.meta.dirname, '..', 'node_modules');
const target = join('..', `node-${process.platform}-${process.arch}`, 'bin', 'node');
const link = join(modules, '.bin', 'node');

if (existsSync(join(modules, '.bin', target))) {
  rmSync(link, { force: true });
  symlinkSync(target, link);
} else if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `No Node 24 was installed for ${process.platform} on ${process.arch}, and this is ${process.version}.`,
  );
  console.error('Install Node 24 and run `npm ci` again.');
  process.exitCode = 1;
}
