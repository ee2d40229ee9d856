import standard from '../../seccomp/default.json' with { type: 'json' };
import strict from '../../seccomp/strict.json' with { type: 'json' };

/** In a file of their own, so that only who asks for a profile loads them. */
export const PROFILES: Readonly<Record<'default' | 'strict', unknown>> = {
  default: standard,
  strict,
};
