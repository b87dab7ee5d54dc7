import { crossedMinors, type Check } from '../check.ts';
import { monitoringFindings } from './findings.ts';

/** Alerts, panels and autoscalers that a hop makes blind (rule 7). Nobody having looked is told by who did not ask. */
export const monitoring: Check = ({ observation, plan }) => {
  const steps = crossedMinors(plan);
  return observation.monitoring === undefined || steps.length === 0
    ? []
    : monitoringFindings(observation.monitoring, [observation.cluster.version, ...steps]);
};
