// Changes trees as it is told, and tells what they look like. Runs inside as it does outside, and knows
// nothing of layers. Paths are strings of bytes (latin1). Usage: node scribble.mjs SCRIPTS.json
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';

const bytes = (path) => Buffer.from(path, 'latin1');

/** What can be done to a path; a refusal by the kernel is as good as anything. */
const ACTS = {
  write: ([path, text]) => fs.writeFileSync(bytes(path), text),
  append: ([path, text]) => fs.appendFileSync(bytes(path), text),
  truncate: ([path, size]) => fs.truncateSync(bytes(path), size),
  open: ([path]) => fs.closeSync(fs.openSync(bytes(path), 'r+')),
  touch: ([path, time]) => fs.lutimesSync(bytes(path), time, time),
  chmod: ([path, mode]) => fs.chmodSync(bytes(path), mode),
  mkdir: ([path]) => fs.mkdirSync(bytes(path)),
  symlink: ([path, target]) => fs.symlinkSync(bytes(target), bytes(path)),
  link: ([path, other]) => fs.linkSync(bytes(path), bytes(other)),
  rename: ([path, other]) => move(path, other),
  remove: ([path]) => remove(path),
  renew: ([path]) => {
    remove(path);
    fs.mkdirSync(bytes(path));
  },
  fill: ([path, text]) => {
    remove(path);
    fs.writeFileSync(bytes(path), text);
  },
};

export function scribble(top, script) {
  for (const [act, path, rest] of script) {
    try {
      ACTS[act]([`${top}/${path}`, act === 'rename' || act === 'link' ? `${top}/${rest}` : rest]);
    } catch (error) {
      if (typeof error.code !== 'string' || !/^E[A-Z]+$/.test(error.code)) throw error;
    }
  }
}

/** Every path below `top`, with what is there: `[path, kind, mode, size, content]`. */
export function snapshot(top, path = '') {
  const full = path === '' ? top : `${top}/${path}`;
  const stats = fs.lstatSync(bytes(full));
  const mode = stats.mode & 0o7777;
  if (stats.isSymbolicLink()) {
    const target = fs.readlinkSync(bytes(full), 'latin1');
    return [[path, 'symlink', 0, 0, target]];
  }
  if (stats.isFile()) {
    const digest = createHash('sha256')
      .update(fs.readFileSync(bytes(full)))
      .digest('hex');
    return [[path, 'file', mode, stats.size, digest]];
  }
  const names = fs.readdirSync(bytes(full), 'latin1');
  const inner = names.flatMap((name) => snapshot(top, path === '' ? name : `${path}/${name}`));
  return [[path, 'directory', mode, 0, ''], ...inner];
}

function remove(path) {
  if (!fs.lstatSync(bytes(path)).isDirectory()) return fs.unlinkSync(bytes(path));
  for (const name of fs.readdirSync(bytes(path), 'latin1')) remove(`${path}/${name}`);
  fs.rmdirSync(bytes(path));
}

/** As mv does it: a directory that cannot be renamed is copied. */
function move(path, other) {
  try {
    fs.renameSync(bytes(path), bytes(other));
  } catch (error) {
    if (error.code !== 'EXDEV' || other.startsWith(`${path}/`)) throw error;
    if (fs.lstatSync(bytes(other), { throwIfNoEntry: false }) !== undefined)
      fs.rmdirSync(bytes(other));
    copy(path, other);
    remove(path);
  }
}

function copy(path, other) {
  const stats = fs.lstatSync(bytes(path));
  if (stats.isSymbolicLink())
    return fs.symlinkSync(fs.readlinkSync(bytes(path), 'buffer'), bytes(other));
  if (stats.isFile()) fs.copyFileSync(bytes(path), bytes(other));
  else {
    fs.mkdirSync(bytes(other));
    for (const name of fs.readdirSync(bytes(path), 'latin1'))
      copy(`${path}/${name}`, `${other}/${name}`);
  }
  fs.chmodSync(bytes(other), stats.mode & 0o7777);
}

const [file] = process.argv.slice(2);
if (import.meta.main ?? process.argv[1]?.endsWith('scribble.mjs')) {
  const scripts = JSON.parse(fs.readFileSync(file, 'utf8'));
  for (const [index, script] of scripts.entries()) scribble(`t${index}`, script);
  process.stdout.write(JSON.stringify(scripts.map((_, index) => snapshot(`t${index}`))));
}
