/** Variables of ours that a program needs to run at all, and none that could lead it anywhere. */
const passedOn = ['PATH', 'HOME', 'USER', 'LANG', 'TZ', 'TMPDIR', 'STEPLADDER_DEBUG'];

export interface DemoPlaces {
  /** `host:port` of the embedded Temporal server. */
  address: string;
  namespace: string;
  /** What the simulator says that its clients need: endpoint, region and credentials. */
  simulator: Readonly<Record<string, string>>;
  evidenceFolder: string;
  /** An empty file, which stands for every configuration that the person has. */
  emptyFile: string;
}

/**
 * The environment of the demo's worker, made anew rather than inherited: nothing that points to a real Temporal
 * server, AWS account or cluster is in it, and the files where the libraries would look for more are empty (rule 20).
 *
 * @param ours the environment of this process
 */
export function workerEnvironment(
  ours: Readonly<Record<string, string | undefined>>,
  { address, namespace, simulator, evidenceFolder, emptyFile }: DemoPlaces,
): Record<string, string> {
  const needed = Object.fromEntries(
    passedOn.flatMap((name) => {
      const value = ours[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    ...needed,
    AWS_CONFIG_FILE: emptyFile,
    AWS_SHARED_CREDENTIALS_FILE: emptyFile,
    AWS_EC2_METADATA_DISABLED: 'true',
    KUBECONFIG: emptyFile,
    // A file that is not there is fine; the SDK trips over one without any profile.
    TEMPORAL_CONFIG_FILE: `${emptyFile}.toml`,
    ...simulator,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    STEPLADDER_EVIDENCE: evidenceFolder,
  };
}
