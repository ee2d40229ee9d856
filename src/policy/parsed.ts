import type { Problem } from '../base/errors.ts';
import type { PolicyLayer } from './types.ts';

/** What came of reading one source of policy. */
export interface ParsedPolicy {
  /** null exactly when there are problems. */
  readonly layer: PolicyLayer | null;
  /** All of them, in the order of the text. */
  readonly problems: Problem[];
}
