import { BUNDLED } from '../../workspace/resources.ts';
import type { Migration } from '../migrate.ts';

/**
 * Bundled models and datasets were stored with the place of the installation that was open then, and
 * were lost where it was moved or removed.
 */
export const bundledPaths: Migration = {
  version: 5,
  name: 'bundled-paths',
  functions: { bundled_path: (path) => withoutInstallation(String(path)) },
  sql: `
UPDATE models SET path = bundled_path(path) WHERE bundled = 1;
UPDATE datasets SET source = bundled_path(source), image_root = bundled_path(image_root)
  WHERE demo = 1;
`,
};

/** The bundled files lie in `demo/model` and `demo/datasets/demo-NAME` below the resources. */
function withoutInstallation(path: string): string {
  const inside = /^.*[\\/](demo[\\/](?:model|datasets[\\/]demo-[^\\/]+)(?:[\\/].*)?)$/.exec(path);
  return inside?.[1] ? BUNDLED + inside[1].replaceAll('\\', '/') : path;
}
