import { messageOf } from '../../base/errors.ts';
import { type Raw, textOf } from './open-at.ts';

/** Why outputs cannot be brought out, with the path that it was about; empty where there is none. */
export class OutputProblem extends Error {
  override readonly name = 'OutputProblem';
  readonly path: Raw;

  constructor(path: Raw, message: string, cause?: unknown) {
    super(message, { cause });
    this.path = path;
  }
}

/** Does something with a path, and says of a failure that it was about this one. */
export function about<T>(path: Raw, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof OutputProblem ? error : new OutputProblem(path, inWords(error), error);
  }
}

/** In words. The descriptors that a system error names say nothing to a reader. */
export function inWords(error: unknown): string {
  if (error instanceof OutputProblem)
    return error.path === '' ? error.message : `${textOf(error.path)}: ${error.message}`;
  const message = messageOf(error);
  return isSystemError(error) ? message.replace(/^[A-Z]+: |, \w+(?: '.*)?$/gs, '') : message;
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
