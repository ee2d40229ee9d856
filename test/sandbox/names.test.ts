import { describe, expect, it } from 'vitest';
import { bash, policy, seal } from '../lab/glovebox.ts';
import { curl, trusting } from '../lab/internet.ts';

const allow = (...entries: (string | object)[]): string[] => [
  '-p',
  policy(JSON.stringify({ version: 1, network: { mode: 'allowlist', allow: entries } })),
];

describe('smoke', () => {
  it('https', () => {
    const r = seal(
      [...allow('allowed.example.com'), ...trusting()],
      curl('https://allowed.example.com/'),
    );
    console.log(r.stdout, r.stderr, JSON.stringify(r.report.egress));
    expect(r.stdout).toContain('hello');
  });
  it('http', () => {
    const r = seal([...allow('allowed.example.com:80')], curl('http://allowed.example.com/'));
    console.log(r.stdout, r.stderr, JSON.stringify(r.report.egress));
    expect(r.stdout).toContain('hello');
  });
  it('other', () => {
    const r = seal(
      [...allow('allowed.example.com')],
      bash(
        'curl -sS https://other.example.com/; curl -sS --max-time 5 http://allowed.example.com:8080/; true',
      ),
    );
    console.log(r.stdout, r.stderr, JSON.stringify(r.report.egress));
  });
  it('audit', () => {
    const r = seal(['--network', 'audit', ...trusting()], curl('https://allowed.example.com/'));
    console.log(r.stdout, r.stderr, JSON.stringify(r.report.egress));
    expect(r.stdout).toContain('hello');
  });
});
