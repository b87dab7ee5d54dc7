import type { Check } from '../check.ts';
import { insights } from '../insights.ts';
import { webhooks } from '../webhooks.ts';

/**
 * EKS's insights are about upgrading in place, and EKS refuses a new cluster for none of them. Those that tell of the use
 * of APIs tell of clients that will ask the new cluster too.
 */
export const insightsOfUse: Check = (input) =>
  insights({
    ...input,
    observation: {
      ...input.observation,
      insights: input.observation.insights.filter(({ deprecations = [] }) => deprecations.length > 0),
    },
  });

/**
 * A webhook that fails closed and that nobody answers stands in the way on the new cluster as it does on the old one.
 * Those that are answered come there after the workloads behind them.
 */
export const unansweredWebhooks: Check = (input) => {
  const { extensions, ...observation } = input.observation;
  if (extensions === undefined) return webhooks(input);
  const unanswered = extensions.webhooks.filter(
    ({ target }) => 'service' in target && target.readyEndpoints === 0,
  );
  return webhooks({
    ...input,
    observation: { ...observation, extensions: { ...extensions, webhooks: unanswered } },
  });
};
