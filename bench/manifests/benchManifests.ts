/** What the benchmark scans, the same every time. */
export const benchManifests = { files: 10_000, removed: 200, broken: 50, seed: 20_261_127 };

/** The upgrade for which it scans: on the way each of the removed versions is removed. */
export const benchVersions = { from: '1.24', to: '1.33' };
