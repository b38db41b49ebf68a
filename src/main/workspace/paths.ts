import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { FaptError } from '../../shared/errors.ts';

/**
 * The absolute path of `path` inside `root`. Throws `path-outside` where it would leave it, by
 * `..`, by being absolute or by a link.
 */
export function resolveInside(root: string, path: string): string {
  const target = resolve(root, path);
  if (isAbsolute(path) || path.includes('\0') || !isInside(root, target)) refuse(root, path);
  if (!isInside(realPathOf(root), realPathOf(target))) refuse(root, path);
  return target;
}

/** The path of a file in the workspace, from what the store holds. */
export function workspacePath(workspace: { folder: string }, path: string): string {
  return resolveInside(workspace.folder, path);
}

/** What the store holds for a file in the workspace: its path from the folder, with `/`. */
export function relativeToWorkspace(workspace: { folder: string }, path: string): string {
  if (!isInside(workspace.folder, resolve(path))) refuse(workspace.folder, path);
  return relative(workspace.folder, resolve(path)).split(sep).join('/');
}

/** `root` itself counts as inside. Both absolute. */
export function isInside(root: string, target: string): boolean {
  const path = relative(root, target);
  return path === '' || (path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path));
}

/** Links followed as far as the path exists; what does not exist yet cannot be a link. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const parent = dirname(path);
    return parent === path ? path : join(realPathOf(parent), path.slice(parent.length));
  }
}

function refuse(root: string, path: string): never {
  throw new FaptError(
    'path-outside',
    `The path "${path}" leads outside ${root} and is refused: give a path inside that folder.`,
  );
}
