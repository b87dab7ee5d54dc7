import type { UpgradeStatus } from '../contract/status.ts';
import type { Notification } from './types.ts';

/** JSON as Slack's incoming webhooks accept it; others find all of it in `text`. */
export interface WebhookMessage {
  text: string;
  blocks: Block[];
}

type Text = { type: 'plain_text'; text: string } | { type: 'mrkdwn'; text: string };
type Block =
  { type: 'header'; text: Text } | { type: 'section'; text: Text } | { type: 'context'; elements: Text[] };

/** Slack's limits, in characters. */
const longestHeader = 150;
const longestSection = 3_000;
const longestText = 20_000;

/** Writes what people are told: what it is about, the lines, and at a gate the payload to paste. */
export function webhookMessage(
  status: Pick<UpgradeStatus, 'workflowId' | 'runId' | 'cluster' | 'targetVersion' | 'phase'>,
  { kind, title, lines, payload }: Notification,
): WebhookMessage {
  const { cluster, targetVersion } = status;
  const header = `${cluster.name}: ${title}`;
  const about = [
    `cluster ${cluster.arn ?? cluster.name}`,
    ...(targetVersion === undefined ? [] : [`to ${targetVersion}`]),
    status.phase,
    `workflow ${status.workflowId}`,
  ].join(' · ');
  const paste = payload === undefined ? [] : ['Answer with:', payload];
  return {
    text: shorten([header, ...lines, ...paste, about].map(escape).join('\n'), longestText),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: shorten(header, longestHeader) } },
      ...section(lines.map(escape).join('\n')),
      ...(payload === undefined
        ? []
        : section(`Answer with this, as ${answeredBy(kind)}:\n\`\`\`${escape(payload)}\`\`\``)),
      { type: 'context', elements: [{ type: 'mrkdwn', text: escape(about) }] },
    ],
  };
}

function answeredBy(kind: Notification['kind']): string {
  return kind === 'decision' ? '`decide`' : '`approve` or `reject`';
}

function section(text: string): Block[] {
  return text === ''
    ? []
    : [{ type: 'section', text: { type: 'mrkdwn', text: shorten(text, longestSection) } }];
}

/** The three characters that Slack gives a meaning of their own. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function shorten(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
