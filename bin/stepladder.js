#!/usr/bin/env node
// The launcher. It is plain JavaScript so that an old Node can still read it and be told what is missing.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `stepladder needs Node.js 22.19 or newer, and this is ${process.versions.node}.\n` +
      'Inside a checkout, `npm run stepladder -- <command>` uses the Node.js that `npm ci` has installed.',
  );
  process.exit(2);
}
// What Node has compiled once it takes from the cache: half of what a short command takes. Where nothing can be written
// it goes without.
const { enableCompileCache } = await import('node:module');
const { default: envPaths } = await import('env-paths');
enableCompileCache(`${envPaths('stepladder', { suffix: '' }).cache}/compiled`);
const { existsSync } = await import('node:fs');
// A checkout runs its TypeScript as it is; an installed package runs what `npm run build` made.
const source = new URL('../src/client.ts', import.meta.url);
await import(existsSync(source) ? source.href : new URL('../dist/src/client.js', import.meta.url).href);
