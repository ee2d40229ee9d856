import { chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Who the job runs as, when that is not whoever runs the tests. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** Its home directory; one of the job's own when left out. */
  readonly home?: string;
}

/** Makes what the runner makes, for the user that the runner is. */
export class Disk {
  private readonly identity: Identity | null;

  constructor(identity: Identity | null) {
    this.identity = identity;
  }

  directory(path: string): void {
    mkdirSync(path, { recursive: true });
    this.own(path);
  }

  write(path: string, text: string): void {
    writeFileSync(path, text);
    this.own(path);
  }

  own(path: string): void {
    if (this.identity !== null) chownSync(path, this.identity.uid, this.identity.gid);
  }

  /** A whole tree, links as links. */
  ownAll(path: string): void {
    if (this.identity === null) return;
    const { uid, gid } = this.identity;
    const { status, stderr } = spawnSync('chown', ['-R', '-h', `${uid}:${gid}`, path]);
    if (status !== 0) throw new Error(`chown ${path}: ${String(stderr)}`);
  }
}

/** Copies what is in a directory, links as links, into one that is made for it. */
export function copyTree(source: string, target: string, except: readonly string[] = []): void {
  mkdirSync(target, { recursive: true });
  const names = readdirSync(source).filter((name) => !except.includes(name));
  if (names.length === 0) return;
  const paths = names.map((name) => join(source, name));
  const { status, stderr } = spawnSync('cp', ['-RP', '--', ...paths, target]);
  if (status !== 0) throw new Error(`cp to ${target}: ${String(stderr)}`);
}
