import fs from 'node:fs';
import path from 'node:path';

const wanted = 24;

/** The Node that npm brought for this machine; the one we run on where npm has none and it is new enough. */
export function findNode(root) {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const brought = path.join(root, `node_modules/node-${platform}-${process.arch}/bin/node${platform === 'win' ? '.exe' : ''}`);
  if (fs.existsSync(brought)) return brought;
  if (Number(process.versions.node.split('.')[0]) >= wanted) return process.execPath;
  console.error(
    `This needs Node ${wanted} or newer, and here is ${process.versions.node}. npm brings one for Linux and Windows, not for ` +
      `${process.platform}-${process.arch} (or optional packages were left out): install Node ${wanted} from https://nodejs.org and try again.`,
  );
  process.exit(1);
}

/** A file of ours, or the file that a package names as its program. */
export function program(root, name) {
  if (name.includes('/') && !name.startsWith('@')) return path.join(root, name);
  const home = path.join(root, 'node_modules', name === 'tsc' ? 'typescript' : name);
  const { bin } = JSON.parse(fs.readFileSync(path.join(home, 'package.json'), 'utf8'));
  return path.join(home, typeof bin === 'string' ? bin : (bin[name] ?? Object.values(bin)[0]));
}
