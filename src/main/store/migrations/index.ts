import type { Migration } from '../migrate.ts';
import { initial } from './001-initial.ts';

/** Every migration, oldest first. */
export const MIGRATIONS: readonly Migration[] = [initial];
