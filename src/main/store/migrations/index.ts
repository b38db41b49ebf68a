import type { Migration } from '../migrate.ts';
import { initial } from './001-initial.ts';
import { attacksAndProtocols } from './002-attacks-and-protocols.ts';
import { datasets } from './003-datasets.ts';
import { window } from './004-window.ts';
import { bundledPaths } from './005-bundled-paths.ts';

/** Every migration, oldest first. */
export const MIGRATIONS: readonly Migration[] = [
  initial,
  attacksAndProtocols,
  datasets,
  window,
  bundledPaths,
];
