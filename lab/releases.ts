/** The release of each minor version that the lab runs. Each has a Go module in `modules/`. */
export const labReleases: Readonly<Record<string, string>> = {
  '1.31': '1.31.0',
  '1.32': '1.32.2',
  '1.33': '1.33.13',
  '1.34': '1.34.4',
};

/** The minor versions that the tests start from, pass and reach. */
export const testedMinors: readonly string[] = ['1.31', '1.32', '1.33'];

export const etcdRelease = '3.6.5';

export const kwokRelease = '0.7.0';

/** Only benchmarks run it, to compare with. */
export const kubectlRelease = '1.33.13';
