import { randomUUID } from 'node:crypto';
import ms from 'ms';
import type { StringValue } from 'ms';
import { inScope } from '../../activities/scope.ts';
import { toolActivities } from '../../activities/tools.ts';
import type { Request } from '../../contract/request.ts';
import type { ToolChange } from '../../contract/tools.ts';
import type { Terminal } from '../terminal.ts';
import { carryOutTool } from './carryOutTool.ts';
import type { ToolEnding } from './carryOutTool.ts';
import type { ToolSite } from './openSite.ts';

/**
 * Carries out the change of a tool in this process.
 *
 * @param stop aborted when a person wants it to stop (SIGINT, SIGTERM): what runs is finished and taken back
 */
export async function changeTool(
  { clusters, context, evidence }: ToolSite,
  { timing }: Pick<Request, 'timing'>,
  change: ToolChange,
  terminal: Terminal,
  stop: AbortSignal,
): Promise<ToolEnding> {
  const activities = toolActivities({
    ...{ clusters, evidence, env: terminal.env, now: () => new Date() },
    log: { warn: (line) => terminal.note(line) },
  });
  const limit = (name: 'toolTimeout' | 'settleTimeout' | 'pollInterval') => ms(timing[name] as StringValue);
  const onStop = () => {
    terminal.note(
      'Told to stop: what runs is finished, and taken back. The same signal again ends it at once.',
    );
  };
  stop.addEventListener('abort', onStop, { once: true });
  try {
    return await carryOutTool({
      activities,
      step: { context, change },
      upgrade: `by hand, ${randomUUID().slice(0, 8)}`,
      limits: {
        timeoutMs: limit('toolTimeout'),
        settleMs: limit('settleTimeout'),
        pollMs: limit('pollInterval'),
      },
      stop,
      breakable: (look) =>
        inScope({ signal: stop, heartbeat: () => undefined, lastHeartbeat: undefined, attempt: 1 }, look),
      note: (line) => terminal.note(line),
    });
  } finally {
    stop.removeEventListener('abort', onStop);
  }
}
