import { listBin, putInBin, takeFromBin } from '../../store/bin.ts';
import {
  addNote,
  getNote,
  listNotes,
  removeNote,
  searchNotes,
  updateNote,
} from '../../store/notes.ts';
import { getRun } from '../../store/runs.ts';
import {
  addTag,
  colorTag,
  dropTag,
  listTags,
  mergeTags,
  removeTag,
  renameTag,
} from '../../store/tags.ts';
import type { AppHost } from '../app-host.ts';
import { purgeRuns, runBytes } from '../bin.ts';
import { noteOf } from '../run-detail.ts';
import { api } from './implementer.ts';

export function tagRoutes({ app: { db }, changes }: AppHost) {
  const changed = () => changes.touch('runs');
  return {
    list: api.runs.tags.list.handler(() => listTags(db)),
    set: api.runs.tags.set.handler(({ input: { runs, add, remove } }) => {
      const ids = runs.map((id) => getRun(db, id).id);
      db.transaction(() => {
        for (const id of ids) {
          for (const tag of add) addTag(db, id, tag);
          for (const tag of remove) removeTag(db, id, tag);
        }
      })();
      for (const id of ids) changes.touch('runs', id);
    }),
    rename: api.runs.tags.rename.handler(({ input }) => {
      renameTag(db, input.from, input.to);
      changed();
    }),
    merge: api.runs.tags.merge.handler(({ input }) => {
      mergeTags(db, input.from, input.into);
      changed();
    }),
    color: api.runs.tags.color.handler(({ input }) => {
      colorTag(db, input.tag, input.color);
      changed();
    }),
    remove: api.runs.tags.remove.handler(({ input }) => {
      dropTag(db, input.tag);
      changed();
    }),
  };
}

export function noteRoutes({ app: { db }, changes }: AppHost) {
  return {
    list: api.runs.notes.list.handler(({ input }) =>
      listNotes(db, getRun(db, input.run).id).map(noteOf),
    ),
    add: api.runs.notes.add.handler(({ input }) => {
      const { id } = getRun(db, input.run);
      const note = addNote(db, id, input.text);
      changes.touch('runs', id);
      return noteOf(note);
    }),
    update: api.runs.notes.update.handler(({ input }) => {
      const { runId } = getNote(db, input.id);
      updateNote(db, input.id, input.text);
      changes.touch('runs', runId);
      return noteOf(getNote(db, input.id));
    }),
    remove: api.runs.notes.remove.handler(({ input }) => {
      const { runId } = getNote(db, input.id);
      removeNote(db, input.id);
      changes.touch('runs', runId);
    }),
    search: api.runs.notes.search.handler(({ input }) => searchNotes(db, input.text).map(noteOf)),
  };
}

export function binRoutes({ app: { db, workspace }, changes, queue }: AppHost) {
  const touch = (runs: readonly string[]) => {
    for (const id of runs) changes.touch('runs', id);
  };
  return {
    list: api.runs.bin.list.handler(() =>
      listBin(db).map((row) => ({ ...row, diskBytes: runBytes(workspace, row.id) })),
    ),
    remove: api.runs.bin.remove.handler(({ input }) => {
      const ids = input.runs.map((id) => getRun(db, id).id);
      queue.removeOfRuns(ids);
      putInBin(db, ids);
      touch(ids);
    }),
    restore: api.runs.bin.restore.handler(({ input }) => {
      takeFromBin(db, input.runs);
      touch(input.runs);
    }),
    purge: api.runs.bin.purge.handler(async ({ input }) => {
      const purged = await purgeRuns(workspace, input.runs);
      changes.touch('runs');
      return purged;
    }),
  };
}
