import type { RollSize } from './scenario.ts';

export interface Round {
  name: string;
  seconds: number;
  /** From a Pod's being asked to go to its successor's being Ready. */
  replacementsMs: number[];
  granted: number;
  refused: number;
  /** Of all clients, the cluster's own controllers included. */
  requests: number;
}

/** What was measured, as Markdown. The lower bound is by each round's own replacement time: the machine may be busier. */
export function tell(
  size: RollSize,
  rounds: readonly Round[],
  machine: { cores: number; load: number },
): string {
  const { nodes, pods, deployments } = size;
  const sequence = Math.ceil(pods / deployments);
  const lines = [
    `${nodes} nodes, ${pods} Pods in ${deployments} Deployments, each under a budget of one; ${machine.cores} cores, load ${machine.load.toFixed(1)} at the end.`,
    '',
    '| who | time | median replacement | lower bound | time ÷ bound | evictions a Pod | refused | API requests |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rounds.map(({ name, seconds, replacementsMs, granted, refused, requests }) => {
      const replacement = median(replacementsMs) / 1000;
      const bound = sequence * replacement;
      const share = granted + refused === 0 ? 0 : (refused / (granted + refused)) * 100;
      const cells = [
        name,
        `${seconds.toFixed(1)} s`,
        `${replacement.toFixed(2)} s`,
        `${bound.toFixed(1)} s`,
        (seconds / bound).toFixed(2),
        (granted / pods).toFixed(2),
        `${refused} (${share.toFixed(1)}%)`,
        String(requests),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  ];
  const [first, ...others] = rounds;
  if (first !== undefined && others.length > 0) {
    const ratios = others.map(({ name, seconds }) => `${(first.seconds / seconds).toFixed(2)} × ${name}`);
    lines.push('', `${first.name} takes ${ratios.join(', ')}.`);
  }
  return lines.join('\n');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
