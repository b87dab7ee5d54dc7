/** The release of each minor version that the lab runs: the newest whose Go modules and go.sum are kept in `modules/`. */
export const labReleases: Readonly<Record<string, string>> = {
  '1.31': '1.31.0',
  '1.32': '1.32.2',
  '1.33': '1.33.13',
  '1.34': '1.34.4',
};
