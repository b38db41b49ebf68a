import { z } from 'zod';
import { LANGUAGES, type Settings, THEMES } from '../../shared/api/app.ts';
import { THREADS_KEY, threadsSchema } from '../engine/threads-setting.ts';
import { PERTURBATION_LIMIT_KEY, perturbationLimit } from '../jobs/perturbation-limit.ts';
import { mirrorOf, setMirror } from '../models/download-model.ts';
import { getSetting, setSetting } from '../store/settings.ts';
import type { App } from './app.ts';

const THEME_KEY = 'window.theme';
const LANGUAGE_KEY = 'window.language';

/** What a person can set in the window; kept in the workspace. */
export function readSettings(app: App): Settings {
  return {
    threads: getSetting(app.db, THREADS_KEY, threadsSchema, null),
    theme: getSetting(app.db, THEME_KEY, z.enum(THEMES), 'system'),
    language: getSetting(app.db, LANGUAGE_KEY, z.enum(LANGUAGES), 'system'),
    perturbationLimitBytes: perturbationLimit(app),
    mirror: mirrorOf(app),
  };
}

/** Changes what is given. Throws `usage` for a mirror that is no address. */
export function changeSettings(app: App, changes: Partial<Settings>): Settings {
  app.db.transaction(() => {
    const keys = {
      threads: THREADS_KEY,
      theme: THEME_KEY,
      language: LANGUAGE_KEY,
      perturbationLimitBytes: PERTURBATION_LIMIT_KEY,
    } as const;
    for (const [name, key] of Object.entries(keys)) {
      const value = changes[name as keyof typeof keys];
      if (value !== undefined) setSetting(app.db, key, value);
    }
    if (changes.mirror !== undefined) setMirror(app, changes.mirror);
  })();
  return readSettings(app);
}
