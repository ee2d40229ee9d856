import type { TrustedFiles } from './trusted-files.ts';

/** Whose configuration it is, and where it lies. */
export interface Machine {
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly files: TrustedFiles;
  /** Where its programs lie, the most trusted first. */
  readonly programs: readonly string[];
  /** `/etc`, but for tests. */
  readonly etc: string;
}
