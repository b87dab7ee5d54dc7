import type { ProbeResult } from '../../contract/probe.ts';
import type { RoutingHealth, SideHealth } from '../../routing/routing.ts';

/** A look in one line: `blue 3 of 3 healthy, green 3 of 3; shop holds`. */
export function lookLine(
  { blue, green }: RoutingHealth,
  probes: readonly { blue: ProbeResult | undefined; green: ProbeResult }[],
): string {
  const targets =
    blue.state === 'not offered' && green.state === 'not offered'
      ? []
      : [`blue ${healthWords(blue, true)}, green ${healthWords(green, false)}`];
  const answers = probes.map(({ blue: onBlue, green: onGreen }) =>
    onBlue === undefined || onBlue.state === onGreen.state
      ? `${onGreen.name} ${stateWord[onGreen.state]}`
      : `${onGreen.name} ${stateWord[onGreen.state]} on green, ${stateWord[onBlue.state]} on blue`,
  );
  const said = [...targets, ...(answers.length === 0 ? [] : [answers.join(', ')])];
  return said.length === 0 ? 'nobody tells of targets, and there is no probe' : said.join('; ');
}

const stateWord = { holds: 'holds', fails: 'fails', unknown: 'not known' } as const;

function healthWords(side: SideHealth, whole: boolean): string {
  switch (side.state) {
    case 'unknown':
    case 'not offered':
      return 'not known';
    case 'known': {
      const { healthy, unhealthy, starting } = side;
      return `${healthy} of ${healthy + unhealthy + starting}${whole ? ' healthy' : ''}`;
    }
  }
}
