import { messageOf } from '../base/errors.ts';
import { bounded } from '../base/text.ts';
import type { Refusal, RefusalCode } from './types.ts';

const LONGEST_SEEN = 253;

/** A way upstream that is not opened. */
export class UpstreamRefused extends Error {
  override readonly name = 'UpstreamRefused';

  readonly refusal: Refusal;

  constructor(why: Refusal) {
    super(why.seen === null ? why.code : `${why.code}: ${why.seen}`);
    this.refusal = why;
  }
}

/** A refusal whose foreign text is as long as a host name at most. */
export function refusal(code: RefusalCode, seen: string | null): Refusal {
  return { code, seen: seen === null ? null : bounded(seen, LONGEST_SEEN) };
}

/** Why `Upstream.connect` rejected. */
export function refusalOf(thrown: unknown): Refusal {
  return thrown instanceof UpstreamRefused
    ? thrown.refusal
    : refusal('unreachable', messageOf(thrown));
}
