// Copies what is no TypeScript (data that modules read at run time) to where `npm run build` puts the modules.
import { cp, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
let copied = 0;
for (const room of ['deploy', 'src', 'eks-api', 'elb-api', 'lab', 'scenario', 'simulator']) {
  for (const entry of await readdir(join(root, room), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || ['.ts', '.md'].includes(extname(entry.name))) continue;
    const path = join(entry.parentPath, entry.name);
    await cp(path, join(root, 'dist', path.slice(root.length)));
    copied += 1;
  }
}
console.error(`${copied} data files copied to dist/`);
