import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { FaptError } from '../../shared/errors.ts';

export type DatasetFormat = 'coop' | 'folders' | 'csv';
export const DATASET_FORMATS = ['auto', 'coop', 'folders', 'csv'] as const;

export type Located = {
  format: 'coop';
  splitFile: string;
  /** Where sidecars are looked for. */
  folder: string;
  /** Name if nobody gives another. */
  name: string;
};

/**
 * Finds what is to be imported at a path. Throws `file-missing`, `dataset-format` for what is not
 * a format this program reads.
 */
export function locate(path: string, format: (typeof DATASET_FORMATS)[number]): Located {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw new FaptError('file-missing', `There is no file or folder ${path}: check the path.`);
  }
  if (format === 'folders' || format === 'csv') throw unsupported(path, format);
  if (!stat.isDirectory()) {
    if (format === 'auto' && extname(path).toLowerCase() === '.csv') throw unsupported(path, 'csv');
    if (format === 'auto' && extname(path).toLowerCase() !== '.json') {
      throw unsupported(path, extname(path) || 'a file without an ending');
    }
    const name = basename(path, extname(path));
    return { format: 'coop', splitFile: path, folder: dirname(path), name };
  }
  const splits = readdirSync(path).filter((name) => /^split.*\.json$/i.test(name));
  if (splits.length > 1) {
    throw new FaptError(
      'dataset-format',
      `${path} has several split files (${splits.sort().join(', ')}): give the path of one of them.`,
    );
  }
  const [split] = splits;
  if (split === undefined) throw unsupported(path, 'folders');
  return { format: 'coop', splitFile: join(path, split), folder: path, name: basename(path) };
}

/** `--images`, else `images/` beside the split where its paths resolve there, else its folder. */
export function imageRoot(
  located: Located,
  images: string | undefined,
  paths: readonly string[],
): string {
  if (images !== undefined) {
    if (statSync(images, { throwIfNoEntry: false })?.isDirectory()) return images;
    throw new FaptError('images-missing', `There is no folder ${images}: check --images.`);
  }
  const beside = dirname(located.splitFile);
  const inner = join(beside, 'images');
  const step = Math.max(1, Math.floor(paths.length / 50));
  const some = paths.filter((path, index) => index % step === 0 && !path.startsWith('..'));
  const present = (root: string): number =>
    some.filter((path) => existsSync(join(root, path))).length;
  const inside = present(inner);
  return inside > 0 && inside >= present(beside) ? inner : beside;
}

function unsupported(path: string, what: string): FaptError {
  const names: Record<string, string> = { folders: 'a folder of class folders', csv: 'a CSV' };
  return new FaptError(
    'dataset-format',
    `${path} is ${names[what] ?? what}, and this version reads only splits in CoOp layout ` +
      '(a JSON file with the lists train, val and test): make one and give its path.',
  );
}
