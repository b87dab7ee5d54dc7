/** One mutation that arrived, and what came of it. Holds no secrets. */
export interface MutationRecord {
  /** By the infrastructure's clock, ISO 8601. */
  at: string;
  /** `UpdateClusterVersion`. */
  operation: string;
  /** What it is about: `cluster/demo`, `cluster/demo/node-group/blue`, an ARN for tags. */
  resource: string;
  /** Name of the cluster that it is about. */
  cluster?: string;
  clientRequestToken?: string;
  parameters: Record<string, unknown>;
  /** `repeated`: the token was known, and the first answer was given again without applying anything. */
  outcome: 'applied' | 'repeated' | 'refused';
  /** Name and message of the refusal. */
  error?: { name: string; message: string };
  updateId?: string;
}

/** Parameters as they may be written down: values of an add-on's configuration can hold secrets. */
export function withoutSecrets(parameters: Record<string, unknown>): Record<string, unknown> {
  const { configurationValues, ...others } = parameters;
  return typeof configurationValues === 'string'
    ? { ...others, configurationValues: `(${configurationValues.length} characters)` }
    : others;
}
