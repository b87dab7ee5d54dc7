export type { ManifestScan, ManifestScanOptions, ManifestTextScan } from './options.ts';
export { scanManifests } from './scanManifests.ts';
export { scanManifestText } from './scanManifestText.ts';
