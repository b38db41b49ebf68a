import type { DatasetProblem } from '../store/datasets.ts';
import type { ImageRow } from '../store/images.ts';
import { problem } from './problems.ts';

/** Images that are in train and in test by path, by content or by cluster, and entries listed twice. */
export function checkLeaks(images: readonly ImageRow[]): DatasetProblem[] {
  const train = images.filter(({ split }) => split === 'train');
  const test = images.filter(({ split }) => split === 'test');
  const paths = new Set(train.map(({ path }) => path));
  const bytes = new Map(train.map(({ sha256, path }) => [sha256, path]));
  const problems = duplicates(images);
  for (const { path, sha256 } of test) {
    const twin = bytes.get(sha256);
    if (paths.has(path)) {
      problems.push(problem('same-path', path, `"${path}" is in train and in test`));
    } else if (twin !== undefined) {
      const message = `"${path}" in test has the same bytes as "${twin}" in train`;
      problems.push(problem('same-bytes', path, message));
    }
  }
  return [...problems, ...sharedClusters(train, test)];
}

function duplicates(images: readonly ImageRow[]): DatasetProblem[] {
  const seen = new Set<string>();
  const problems: DatasetProblem[] = [];
  for (const { split, path } of images) {
    const key = `${split}/${path}`;
    if (seen.has(key)) {
      problems.push(problem('duplicate-entry', path, `"${path}" is listed twice in ${split}`));
    }
    seen.add(key);
  }
  return problems;
}

function sharedClusters(train: readonly ImageRow[], test: readonly ImageRow[]): DatasetProblem[] {
  const trained = new Set(
    train.map(({ cluster }) => cluster).filter((cluster) => cluster !== null),
  );
  const shared = new Map<string, string>();
  for (const { cluster, path } of test) {
    if (cluster !== null && trained.has(cluster) && !shared.has(cluster)) shared.set(cluster, path);
  }
  return [...shared].map(([cluster, path]) =>
    problem('same-cluster', path, `images of cluster "${cluster}" are in train and in test`),
  );
}
