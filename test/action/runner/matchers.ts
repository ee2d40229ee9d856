import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

interface Pattern {
  readonly regexp: string;
  readonly message?: number;
  readonly severity?: number;
}

interface Matcher {
  readonly owner: string;
  readonly severity?: string;
  readonly pattern: readonly Pattern[];
}

export interface Match {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
}

/** Problem matchers of a job. Those with several patterns are known by name but never match here. */
export class Matchers {
  private all: Matcher[] = [];
  private readonly workspace: string;

  constructor(workspace: string) {
    this.workspace = workspace;
  }

  owners(): string[] {
    return this.all.map(({ owner }) => owner);
  }

  /** Throws when the file cannot be read: the command then fails the step. */
  add(file: string): void {
    const added = this.read(file);
    this.remove(added.map(({ owner }) => owner));
    this.all = [...added, ...this.all];
  }

  remove(owners: readonly string[]): void {
    const gone = new Set(owners.map((owner) => owner.toLowerCase()));
    this.all = this.all.filter(({ owner }) => !gone.has(owner.toLowerCase()));
  }

  removeFile(file: string): void {
    this.remove(this.read(file).map(({ owner }) => owner));
  }

  match(line: string): Match | null {
    for (const { pattern, severity } of this.all) {
      const [only, ...more] = pattern;
      const found =
        only === undefined || more.length > 0 ? null : new RegExp(only.regexp).exec(line);
      const message = found?.[only?.message ?? 0] ?? '';
      if (found === null || message.trim() === '') continue;
      const level = (found[only?.severity ?? -1] ?? severity ?? 'error').toLowerCase();
      if (level === 'error' || level === 'warning' || level === 'notice') return { level, message };
    }
    return null;
  }

  private read(file: string): Matcher[] {
    const text = readFileSync(resolve(this.workspace, file), 'utf8');
    return (JSON.parse(text) as { problemMatcher?: Matcher[] }).problemMatcher ?? [];
  }
}
