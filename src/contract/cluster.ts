/** What tells one cluster from every other; recorded by the first observation (rule 20). */
export interface ClusterIdentity {
  /** The cluster's ARN. */
  arn: string;
  /** URL of its Kubernetes API. */
  endpoint: string;
  /** sha-256 (hex) of its certificate authority's PEM. */
  certificateAuthoritySha256: string;
}
