import { describe, expect, it } from 'vitest';
import { type Contexts, fillTemplate, isMet, type JobStatus } from './expressions.ts';

const contexts = (status: JobStatus = 'success'): Contexts => ({
  github: { ref: 'refs/heads/main', event: { pull_request: { number: 7, title: 'a; rm' } } },
  runner: { temp: '/t' },
  secrets: { TOKEN: 's' },
  env: { A: '1' },
  steps: {
    build: { outcome: 'failure', conclusion: 'success', outputs: { 'exit-code': '3' } },
  },
  job: { status },
});

describe('fillTemplate', () => {
  it.each([
    ['plain', 'plain'],
    ['${{ github.ref }}', 'refs/heads/main'],
    ['echo ${{github.event.pull_request.title}} ${{ env.A }}', 'echo a; rm 1'],
    ['${{ github.event.pull_request.number }}', '7'],
    ['${{ steps.build.outputs.exit-code }}/${{ steps.build.outcome }}', '3/failure'],
    ['${{ secrets.token }}', 's'],
    ['${{ secrets.NONE }}${{ steps.none.outputs.x }}${{ github.ref.x }}', ''],
    ['${{ runner.temp }}/x', '/t/x'],
  ])('%j', (text, filled) => {
    expect(fillTemplate(text, contexts())).toBe(filled);
  });

  it.each([
    '${{ github }}',
    '${{ matrix.x }}',
    "${{ format('a') }}",
    '${{ 1 }}',
    '${{ }}',
    '${{ constructor.name }}',
  ])('does not know %j', (text) => {
    expect(() => fillTemplate(text, contexts())).toThrow(/not known here/);
  });
});

describe('isMet', () => {
  it.each<[string, readonly JobStatus[]]>([
    ['success()', ['success']],
    ['failure()', ['failure']],
    ['cancelled()', ['cancelled']],
    ['always()', ['success', 'failure', 'cancelled']],
    ['!cancelled()', ['success', 'failure']],
    ['${{ always() }}', ['success', 'failure', 'cancelled']],
    ["steps.build.outcome == 'failure'", ['success']],
    ["steps.build.outcome == 'FAILURE'", ['success']],
    ["always() && steps.build.outcome == 'failure'", ['success', 'failure', 'cancelled']],
    ["always() && steps.build.outcome != 'failure'", []],
    ['env.A', ['success']],
    ['env.B', []],
    ['true', ['success']],
    ['false', []],
    ['', ['success']],
  ])('%j', (condition, statuses) => {
    const all = ['success', 'failure', 'cancelled'] as const;
    expect(all.filter((status) => isMet(condition, contexts(status)))).toEqual(statuses);
  });

  it('does not know other functions', () => {
    expect(() => isMet("contains(github.ref, 'x')", contexts())).toThrow(/not known here/);
  });
});
