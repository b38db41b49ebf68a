import { join } from 'node:path';
import { sha256OfBytes } from '../workspace/hash.ts';

/** Where weights lie that this program fetched or wrote itself. */
export function modelsFolder(app: { workspace: { folder: string } }): string {
  return join(app.workspace.folder, 'models');
}

/**
 * A folder's name that tells what is inside and is safe on every disk: the letters of `name` that are,
 * then a few of the hash of what makes it this content and no other.
 */
export function folderName(name: string, content: string): string {
  const safe = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 60);
  return `${safe || 'model'}-${sha256OfBytes(`${name}\n${content}`).slice(0, 8)}`;
}
