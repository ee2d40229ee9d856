import { describe, expect, it } from 'vitest';
import { isShownOfEtc } from '../../src/plan/system-files.ts';

describe('isShownOfEtc', () => {
  it.each(['ssl', 'alternatives', 'java', 'java-17-openjdk', 'java-8-openjdk', 'maven', 'dotnet'])(
    'shows %s',
    (name) => expect(isShownOfEtc(name)).toBe(true),
  );

  it.each(['shadow', 'ssh', 'passwd', 'sudoers', 'java-17-openjdk.bak', 'my-java-17-openjdk', ''])(
    'does not show %s',
    (name) => expect(isShownOfEtc(name)).toBe(false),
  );
});
