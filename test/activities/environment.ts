import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';

/** Where an activity runs as in a worker; failures that a test wants are not logged. */
export function activityEnvironment(
  info: ConstructorParameters<typeof MockActivityEnvironment>[0] = {},
): MockActivityEnvironment {
  const begun = { scheduledTimestampMs: Date.now(), ...info };
  return new MockActivityEnvironment(begun, { logger: new DefaultLogger('ERROR') });
}
