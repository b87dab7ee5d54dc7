import type { Run } from './byStepladder.ts';

/** What was measured, as Markdown. Only runs of the same copying are put in a ratio. */
export function tell(runs: readonly Run[], machine: { cores: number; load: number }): string {
  const lines = [
    `${machine.cores} cores, load ${machine.load.toFixed(1)} at the end.`,
    '',
    '| who | time | objects | API requests | an object | memory besides |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...runs.map(({ what, seconds, objects, requests, moreMegabytes }) => {
      const each = objects === undefined || requests === undefined ? '' : (requests / objects).toFixed(2);
      const memory = moreMegabytes === undefined ? '' : `${moreMegabytes} MB`;
      return `| ${[what, `${seconds.toFixed(1)} s`, objects ?? '', requests ?? '', each, memory].join(' | ')} |`;
    }),
  ];
  const copies = runs.filter(({ what }) => !what.includes('compares'));
  for (const ours of copies.filter(({ what }) => what.startsWith('Stepladder'))) {
    const theirs = copies.find(
      ({ what }) => what === ours.what.replace('Stepladder', 'kubectl get | kubectl apply'),
    );
    if (theirs !== undefined)
      lines.push('', `${ours.what} takes ${(ours.seconds / theirs.seconds).toFixed(2)} × ${theirs.what}.`);
  }
  return lines.join('\n');
}
