import { z } from 'zod';
import { procedure } from './procedure.ts';

/** What decides for the data folder, the first that there is: `--workspace`, FAPT_WORKSPACE, Settings. */
export const WORKSPACE_ORIGINS = ['option', 'variable', 'chosen', 'default'] as const;
export const workspaceOriginSchema = z.enum(WORKSPACE_ORIGINS);
export type WorkspaceOrigin = z.infer<typeof workspaceOriginSchema>;

export const dataFolderSchema = z.strictObject({
  /** The folder of this start, absolute. */
  folder: z.string(),
  origin: workspaceOriginSchema,
  /** Chosen for the next start; null: `standard`. */
  chosen: z.string().nullable(),
  /** Where work goes that nobody chose a folder for. */
  standard: z.string(),
});
export type DataFolder = z.infer<typeof dataFolderSchema>;

export const workspaceContract = {
  /** Throws `workspace-choice` where what was chosen cannot be read. */
  get: procedure.output(dataFolderSchema),
  /**
   * Chooses the data folder of the next start; null goes back to the default. Nothing is moved.
   * Throws `workspace-unfit`, `database-newer`, `database-broken`, `disk-write`.
   */
  choose: procedure
    .input(z.strictObject({ folder: z.string().nullable() }))
    .output(dataFolderSchema),
};
