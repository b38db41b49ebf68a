import { z } from 'zod';
import { bytesSchema, procedure } from './procedure.ts';

/** A folder of the machine the application runs on: for choosing where there is no native dialog. */
export const folderSchema = z.strictObject({
  folder: z.string(),
  /** Null at the root. */
  parent: z.string().nullable(),
  home: z.string(),
  /** Folders first, by name; hidden ones are left out. */
  entries: z.array(
    z.strictObject({
      name: z.string(),
      path: z.string(),
      kind: z.enum(['folder', 'file']),
      sizeBytes: z.number(),
    }),
  ),
});
export type Folder = z.infer<typeof folderSchema>;

export const filesContract = {
  /** Null: the person's home folder. */
  list: procedure
    .input(z.strictObject({ folder: z.string().nullable().default(null) }))
    .output(folderSchema),
  /**
   * Keeps a file dropped on a browser's window, as part of one upload into the workspace. `path` is
   * relative to the upload, with `/`, and may not leave it. A large file comes in parts, each with the
   * byte `at` which it goes on. The answer is where the upload lies.
   */
  upload: procedure
    .input(
      z.strictObject({
        /** A name for all files of one drop, chosen by the client. */
        upload: z.string().regex(/^[A-Za-z0-9-]{8,64}$/),
        path: z.string().min(1),
        bytes: bytesSchema,
        at: z.int().min(0).default(0),
      }),
    )
    .output(z.strictObject({ folder: z.string(), file: z.string() })),
};
