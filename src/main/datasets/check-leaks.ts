import { say } from '../../shared/sentence.ts';
import type { AlikePair } from '../store/alike-images.ts';
import type { DatasetProblem } from '../store/datasets.ts';
import type { NewImage } from '../store/images.ts';
import { findAlike } from './find-alike.ts';
import { problem } from './problems.ts';

/** What of an image is compared. */
export type Compared = Pick<
  NewImage,
  'split' | 'label' | 'path' | 'sha256' | 'cluster' | 'perceptualHash' | 'file'
>;

/**
 * Images that are in train and in test by path, by content, by cluster or by their looks, and entries
 * listed twice.
 */
export async function checkLeaks(
  images: Iterable<Compared>,
  imageRoot: string,
  signal?: AbortSignal,
): Promise<{ problems: DatasetProblem[]; alike: AlikePair[] }> {
  const train: Compared[] = [];
  const test: Compared[] = [];
  const problems: DatasetProblem[] = [];
  const seen = {
    train: new Map<string, number>(),
    val: new Map<string, number>(),
    test: new Map<string, number>(),
  };
  for (const image of images) {
    const { split, path, label } = image;
    const first = seen[split].get(path);
    if (first === undefined) seen[split].set(path, label);
    else {
      const code =
        first === label ? 'problem.duplicate-entry' : 'problem.duplicate-entry.two-classes';
      problems.push(problem('duplicate-entry', path, say(code, { path, split })));
    }
    // Of a picture that was not read, and has no cluster, nothing but its path can be compared.
    if (image.sha256 === null && image.cluster === null) continue;
    if (split === 'train') train.push(image);
    if (split === 'test') test.push(image);
  }
  problems.push(
    ...samePaths(seen.train, seen.test),
    ...sameBytes(train, test, seen.train),
    ...sharedClusters(train, test),
  );
  const alike = await findAlike(train, test, imageRoot, signal);
  return { problems: [...problems, ...describeAlike(alike)], alike };
}

function samePaths(
  train: ReadonlyMap<string, number>,
  test: ReadonlyMap<string, number>,
): DatasetProblem[] {
  const both: string[] = [];
  for (const path of test.keys()) if (train.has(path)) both.push(path);
  return both.map((path) => problem('same-path', path, say('problem.same-path', { path })));
}

function sameBytes(
  train: readonly Compared[],
  test: readonly Compared[],
  trainPaths: ReadonlyMap<string, number>,
): DatasetProblem[] {
  const bytes = new Map<string, string>();
  for (const { sha256, path } of train) if (sha256 !== null) bytes.set(sha256, path);
  const problems: DatasetProblem[] = [];
  for (const { path, sha256 } of test) {
    const twin = sha256 === null ? undefined : bytes.get(sha256);
    if (twin === undefined || trainPaths.has(path)) continue;
    const message = say('problem.same-bytes', { path, other: twin });
    problems.push(problem('same-bytes', path, message));
  }
  return problems;
}

function sharedClusters(train: readonly Compared[], test: readonly Compared[]): DatasetProblem[] {
  const trained = new Set<string>();
  for (const { cluster } of train) if (cluster !== null) trained.add(cluster);
  const shared = new Map<string, string>();
  for (const { cluster, path } of test) {
    if (cluster !== null && trained.has(cluster) && !shared.has(cluster)) shared.set(cluster, path);
  }
  return [...shared].map(([cluster, path]) =>
    problem('same-cluster', path, say('problem.same-cluster', { cluster })),
  );
}

function describeAlike(alike: readonly AlikePair[]): DatasetProblem[] {
  return alike.map(({ testPath, trainPath, distance }) => {
    const names = { path: testPath, other: trainPath, bits: distance };
    const message = say('problem.look-alikes', names);
    return problem('look-alikes', testPath, message);
  });
}
